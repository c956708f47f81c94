// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IMarketPool} from "./interfaces/IMarketPool.sol";
import {ISessionEscrow} from "./interfaces/ISessionEscrow.sol";
import {IGdaForwarder, IGdaPool, ISuperToken} from "./interfaces/ISuperfluid.sol";
import {SessionEscrow} from "./SessionEscrow.sol";
import {SuspenseAccount} from "./SuspenseAccount.sol";

/// @notice Holds the units of one market pool, for as long as that lives: coalitions come and go, and only units move. Their total is
/// constant, so that nobody's share grows by another one's loss.
contract MarketPool is IMarketPool {
    using SafeERC20 for IERC20;

    uint128 public constant TOTAL_UNITS = 10_000;
    uint256 private constant SCALE = 1e12;

    SessionEscrow public immutable ESCROW;
    ISuperToken private immutable USDCX;
    IGdaPool private immutable GDA_POOL;
    SuspenseAccount private immutable SUSPENSE;
    address public immutable treasury;
    uint128 public immutable treasuryUnits;

    /// @notice Who may say that an operator was cleared; nobody until the owner names one.
    address public court;
    uint128 public suspenseUnits;
    uint64 private _integral;
    uint40 private _integralAt;
    /// @dev What was paid out of suspense for a session, to operators and to its payer.
    mapping(bytes32 session => uint256) private _paidOut;

    modifier onlyOrchestrator() {
        if (msg.sender != ESCROW.orchestrator()) revert NotOrchestrator();
        _;
    }

    modifier onlyOwner() {
        if (msg.sender != ESCROW.owner()) revert NotOwner();
        _;
    }

    /// @param treasuryUnits_ of TOTAL_UNITS: 3,000 are 30 %
    constructor(SessionEscrow escrow, address treasury_, uint128 treasuryUnits_) {
        if (treasuryUnits_ >= TOTAL_UNITS) revert BadShare();
        ESCROW = escrow;
        treasury = treasury_;
        treasuryUnits = treasuryUnits_;
        USDCX = escrow.USDCX();
        IGdaForwarder gda = escrow.GDA();
        (, address made) = gda.createPool(address(USDCX), address(this), IGdaForwarder.PoolConfig(false, true));
        GDA_POOL = IGdaPool(made);
        SUSPENSE = new SuspenseAccount(USDCX);
        SUSPENSE.connect(gda, made);
        if (treasuryUnits_ > 0) GDA_POOL.updateMemberUnits(treasury_, treasuryUnits_);
        _setSuspense(TOTAL_UNITS - treasuryUnits_);
    }

    function gdaPool() external view returns (address) {
        return address(GDA_POOL);
    }

    function suspense() external view returns (address) {
        return address(SUSPENSE);
    }

    function suspenseIntegral() public view returns (uint256) {
        return _integral + uint256(suspenseUnits) * (block.timestamp - _integralAt);
    }

    function setSeats(address[] calldata members, uint128[] calldata units) external onlyOrchestrator {
        if (members.length != units.length) revert LengthsDiffer();
        uint256 left = suspenseUnits;
        // Without any unit at all, also for a moment, streams would be the admin's and stay so.
        if (left == 0 && treasuryUnits == 0) _setSuspense(1);
        for (uint256 i = 0; i < members.length; i++) {
            left = _setSeat(members[i], units[i], left);
        }
        _setSuspense(uint128(left));
    }

    /// @dev An address that cannot have a seat must not hold up the others: whoever serves has named it. Pools and the zero address are
    /// refused by Superfluid, and treasury, suspense and this contract have parts of their own.
    function _setSeat(address member, uint128 units, uint256 left) private returns (uint256) {
        if (member == treasury || member == address(SUSPENSE) || member == address(this)) {
            emit SeatRefused(member, units);
            return left;
        }
        uint128 had = GDA_POOL.getUnits(member);
        if (left + had < units) revert TooManyUnits();
        if (had == units) return left;
        try GDA_POOL.updateMemberUnits(member, units) {
            emit SeatSet(member, units);
            return left + had - units;
        } catch {
            // A seat that cannot be emptied would be paid on: then nothing moves at all.
            if (units < had) revert StillSeated(member);
            emit SeatRefused(member, units);
            return left;
        }
    }

    function _setSuspense(uint128 units) private {
        _integral = uint64(suspenseIntegral());
        _integralAt = uint40(block.timestamp);
        if (units == suspenseUnits) return;
        suspenseUnits = units;
        GDA_POOL.updateMemberUnits(address(SUSPENSE), units);
    }

    function returnSuspended(bytes32 session, address payer, uint256 suspended) external returns (uint256 returned) {
        if (msg.sender != address(ESCROW)) revert NotEscrow();
        uint256 paidOut = _paidOut[session];
        returned = (suspended > paidOut ? suspended - paidOut : 0) / SCALE * SCALE;
        if (returned == 0) return 0;
        _paidOut[session] = paidOut + returned;
        // What suspense has costs as much to ask as to send.
        try SUSPENSE.unwrap(payer, returned) {}
        catch {
            returned = _left(suspended, paidOut) / SCALE * SCALE;
            _paidOut[session] = paidOut + returned;
            if (returned == 0) return 0;
            SUSPENSE.unwrap(payer, returned);
        }
        emit SuspenseReturned(session, payer, returned);
    }

    function payCleared(ISessionEscrow.Quote calldata quote, address operator, uint256 amount) external {
        if (msg.sender != court) revert NotCourt();
        if (quote.pool != address(this)) revert OtherPool();
        bytes32 session = ESCROW.keyOf(quote);
        uint256 paidOut = _paidOut[session];
        uint256 left = _left(ESCROW.suspendedOf(quote), paidOut);
        if (amount > left) revert BeyondSuspended(left);
        _paidOut[session] = paidOut + amount;
        SUSPENSE.send(operator, amount);
        emit SuspenseCleared(session, operator, amount);
    }

    /// @dev Never more than is there: a few wei may have been rounded away.
    function _left(uint256 suspended, uint256 paidOut) private view returns (uint256 left) {
        left = suspended > paidOut ? suspended - paidOut : 0;
        uint256 balance = USDCX.balanceOf(address(SUSPENSE));
        if (left > balance) left = balance;
    }

    function setCourt(address court_) external onlyOwner {
        court = court_;
        emit CourtSet(court_);
    }

    function sweepDust(address to) external onlyOwner returns (uint256 amount) {
        amount = USDCX.balanceOf(address(this));
        IERC20(address(USDCX)).safeTransfer(to, amount);
        emit DustSwept(to, amount);
    }
}
