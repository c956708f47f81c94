// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What this project calls of a Superfluid SuperToken; amounts have 18 digits.
/// @dev Function signatures as in Superfluid protocol v1 (interfaces are MIT).
interface ISuperToken is IERC20 {
    function getHost() external view returns (ISuperfluidHost host);

    function upgrade(uint256 amount) external;

    /// @param userData without any, nothing is called at `to`
    function upgradeTo(address to, uint256 amount, bytes calldata userData) external;

    function downgradeTo(address to, uint256 amount) external;

    /// @return available balance less what is locked as buffer; negative once the account is critical.
    function realtimeBalanceOfNow(address account)
        external
        view
        returns (int256 available, uint256 deposit, uint256 owed, uint256 timestamp);
}

/// @notice What this project calls of Superfluid's host, through which agreements are called.
interface ISuperfluidHost {
    function getAgreementClass(bytes32 agreementType) external view returns (address agreement);

    /// @param callData with an empty last argument in place of the context
    function callAgreement(address agreement, bytes calldata callData, bytes calldata userData)
        external
        returns (bytes memory answer);
}

/// @notice What this project calls of the General Distribution Agreement itself.
interface IGda {
    /// @notice Sets the flow of `from` to the pool; 0 stops it and frees its buffer.
    function distributeFlow(address token, address from, address pool, int96 rate, bytes calldata context)
        external
        returns (bytes memory newContext);

    /// @notice Distributes at once. What is not a multiple of the total units stays with `from`.
    function distribute(address token, address from, address pool, uint256 amount, bytes calldata context)
        external
        returns (bytes memory newContext);

    function getFlowRate(address token, address from, address pool) external view returns (int96 rate);
}

/// @notice What this project calls of the forwarder of the General Distribution Agreement: what a market pool calls once.
interface IGdaForwarder {
    struct PoolConfig {
        bool transferabilityForUnitsOwner;
        bool distributionFromAnyAddress;
    }

    function createPool(address token, address admin, PoolConfig calldata config)
        external
        returns (bool success, address pool);

    function connectPool(address pool, bytes calldata userData) external returns (bool success);
}

/// @notice What this project calls of a GDA pool.
interface IGdaPool {
    function updateMemberUnits(address member, uint128 units) external returns (bool success);

    function getUnits(address member) external view returns (uint128 units);

    function getTotalUnits() external view returns (uint128 units);

    function claimAll(address member) external returns (bool success);
}
