// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IGdaForwarder, ISuperToken} from "./interfaces/ISuperfluid.sol";

/// @notice One session's money, apart from every other's: what x402 pays to, and the distributor of the session's stream. A minimal
/// clone (EIP-1167) for each; does what the escrow says and decides nothing.
contract SessionVault {
    using SafeERC20 for IERC20;

    /// @dev USDC has 6 digits, USDCx 18.
    uint256 private constant SCALE = 1e12;

    address private immutable ESCROW;
    IERC20 private immutable USDC;
    ISuperToken private immutable USDCX;
    IGdaForwarder private immutable GDA;

    error OnlyEscrow();

    modifier onlyEscrow() {
        if (msg.sender != ESCROW) revert OnlyEscrow();
        _;
    }

    constructor(IERC20 usdc, ISuperToken usdcx, IGdaForwarder gda) {
        ESCROW = msg.sender;
        USDC = usdc;
        USDCX = usdcx;
        GDA = gda;
    }

    /// @param value USDC, 6 digits
    function wrap(uint256 value) public onlyEscrow {
        USDC.forceApprove(address(USDCX), value);
        USDCX.upgrade(value * SCALE);
    }

    /// @notice Wraps `value` and sets the stream to the pool.
    function stream(address gdaPool, uint256 value, uint96 rate) external onlyEscrow {
        if (value > 0) wrap(value);
        GDA.distributeFlow(address(USDCX), address(this), gdaPool, int96(rate), "");
    }

    /// @return wasStreaming false where somebody else has ended it: the vault had become critical
    function stop(address gdaPool) external onlyEscrow returns (bool wasStreaming) {
        wasStreaming = isStreaming(gdaPool);
        if (wasStreaming) GDA.distributeFlow(address(USDCX), address(this), gdaPool, 0, "");
    }

    /// @notice Wraps what the vault lacks of `amount`, and distributes that.
    /// @return wrapped USDC, 6 digits
    function distribute(address gdaPool, uint256 amount) external onlyEscrow returns (uint256 wrapped) {
        uint256 held = USDCX.balanceOf(address(this));
        if (held < amount) {
            wrapped = (amount - held + SCALE - 1) / SCALE;
            wrap(wrapped);
        }
        GDA.distribute(address(USDCX), address(this), gdaPool, amount, "");
    }

    function send(address to, uint256 value) external onlyEscrow {
        USDC.safeTransfer(to, value);
    }

    /// @notice Sends all that can be unwrapped; less than a millionth of a dollar stays.
    /// @return amount 18 digits
    function unwrap(address to) external onlyEscrow returns (uint256 amount) {
        amount = USDCX.balanceOf(address(this)) / SCALE * SCALE;
        if (amount > 0) USDCX.downgradeTo(to, amount);
    }

    function isStreaming(address gdaPool) public view returns (bool) {
        return GDA.getFlowDistributionFlowRate(address(USDCX), address(this), gdaPool) > 0;
    }
}
