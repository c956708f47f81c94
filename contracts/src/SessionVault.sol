// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IGda, ISuperToken, ISuperfluidHost} from "./interfaces/ISuperfluid.sol";

/// @notice One session's money, apart from every other's: what x402 pays to, and the distributor of the session's stream. A minimal
/// clone (EIP-1167) for each; does what the escrow says and decides nothing.
contract SessionVault {
    using SafeERC20 for IERC20;

    /// @dev USDC has 6 digits, USDCx 18.
    uint256 private constant SCALE = 1e12;
    bytes32 private constant GDA_TYPE = keccak256("org.superfluid-finance.agreements.GeneralDistributionAgreement.v1");

    address private immutable ESCROW;
    IERC20 private immutable USDC;
    ISuperToken private immutable USDCX;
    /// @dev Called itself, and not through the agreement's forwarder, which asks governance each time whether it is one.
    ISuperfluidHost private immutable HOST;
    IGda private immutable GDA;

    error OnlyEscrow();

    modifier onlyEscrow() {
        if (msg.sender != ESCROW) revert OnlyEscrow();
        _;
    }

    constructor(IERC20 usdc, ISuperToken usdcx) {
        ESCROW = msg.sender;
        USDC = usdc;
        USDCX = usdcx;
        HOST = usdcx.getHost();
        GDA = IGda(HOST.getAgreementClass(GDA_TYPE));
    }

    /// @notice Wraps `value`, USDC with 6 digits, and sets the stream to the pool.
    function stream(address gdaPool, uint256 value, uint96 rate) external onlyEscrow {
        _wrap(value);
        _setFlow(gdaPool, int96(rate));
    }

    function stop(address gdaPool) external onlyEscrow {
        _setFlow(gdaPool, 0);
    }

    /// @notice Wraps `value` and distributes `amount`, 18 digits, to the members of the pool.
    function distribute(address gdaPool, uint256 value, uint256 amount) external onlyEscrow {
        _wrap(value);
        bytes memory call = abi.encodeCall(IGda.distribute, (address(USDCX), address(this), gdaPool, amount, ""));
        HOST.callAgreement(address(GDA), call, "");
    }

    /// @notice Wraps `value` for these, each its part. Costs a third of what it does to send them what is wrapped, for which
    /// Superfluid asks all its agreements what the sender has.
    /// @param values USDC, 6 digits; `value` together
    function pay(uint256 value, address[] calldata to, uint256[] calldata values) external onlyEscrow {
        USDC.forceApprove(address(USDCX), value);
        for (uint256 i = 0; i < to.length; i++) {
            if (values[i] > 0) USDCX.upgradeTo(to[i], values[i] * SCALE, "");
        }
    }

    /// @param value USDC, 6 digits
    function send(address to, uint256 value) external onlyEscrow {
        USDC.safeTransfer(to, value);
    }

    /// @param amount USDCx, 18 digits: whole millionths of a dollar
    function unwrap(address to, uint256 amount) external onlyEscrow {
        USDCX.downgradeTo(to, amount);
    }

    /// @return false also where somebody else has ended it: the vault had become critical
    function isStreaming(address gdaPool) external view returns (bool) {
        return GDA.getFlowRate(address(USDCX), address(this), gdaPool) > 0;
    }

    function _wrap(uint256 value) private {
        if (value == 0) return;
        USDC.forceApprove(address(USDCX), value);
        USDCX.upgrade(value * SCALE);
    }

    function _setFlow(address gdaPool, int96 rate) private {
        bytes memory call = abi.encodeCall(IGda.distributeFlow, (address(USDCX), address(this), gdaPool, rate, ""));
        HOST.callAgreement(address(GDA), call, "");
    }
}
