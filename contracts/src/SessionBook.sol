// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC3009} from "./interfaces/IERC3009.sol";
import {IMarketPool} from "./interfaces/IMarketPool.sol";
import {ISessionEscrow} from "./interfaces/ISessionEscrow.sol";
import {IGdaForwarder, ISuperToken} from "./interfaces/ISuperfluid.sol";
import {SessionVault} from "./SessionVault.sol";

/// @notice What is known of paid sessions, and how their money is reckoned: keys, what has streamed, until when it lasts, what receipts are
/// worth beyond. Decides nothing about who may do what.
abstract contract SessionBook is ISessionEscrow, EIP712 {
    uint256 internal constant SCALE = 1e12;
    /// @dev MarketPool.TOTAL_UNITS: rates that are multiples of it are paid to the wei.
    uint96 private constant UNITS = 10_000;

    bytes32 private constant QUOTE_TYPEHASH = keccak256(
        "Quote(bytes32 id,address payer,address pool,uint96 rate,uint96 maxRate,uint64 fee,uint32 maxSeconds,uint40 openBefore)"
    );

    IERC3009 public immutable USDC;
    ISuperToken public immutable USDCX;
    IGdaForwarder public immutable GDA;
    uint64 public immutable BOUNTY;
    uint40 public immutable GRACE;
    uint40 public immutable SETTLE_SECONDS;
    address internal immutable VAULT;

    mapping(bytes32 key => Session) internal _sessions;

    struct Settings {
        IERC3009 usdc;
        ISuperToken usdcx;
        IGdaForwarder gda;
        address owner;
        address orchestrator;
        address feeTo;
        uint64 bounty;
        uint40 grace;
        uint40 settleSeconds;
    }

    constructor(Settings memory settings) EIP712("ComputePool SessionEscrow", "1") {
        USDC = settings.usdc;
        USDCX = settings.usdcx;
        GDA = settings.gda;
        BOUNTY = settings.bounty;
        GRACE = settings.grace;
        SETTLE_SECONDS = settings.settleSeconds;
        VAULT = address(new SessionVault(settings.usdc, settings.usdcx, settings.gda));
    }

    function keyOf(Quote calldata quote) public view returns (bytes32) {
        return _digestOf(quote, quote.payer);
    }

    function vaultOf(Quote calldata quote) external view returns (address) {
        return _vaultOf(keyOf(quote));
    }

    function sessionOf(bytes32 key) external view returns (Session memory) {
        return _sessions[key];
    }

    function paidOf(Quote calldata quote) external view returns (uint256 paid) {
        (paid,) = _accrued(quote, _sessions[keyOf(quote)], IMarketPool(quote.pool).suspenseIntegral());
    }

    function suspendedOf(Quote calldata quote) external view returns (uint256 suspended) {
        (, suspended) = _accrued(quote, _sessions[keyOf(quote)], IMarketPool(quote.pool).suspenseIntegral());
    }

    function _vaultOf(bytes32 key) internal view returns (address) {
        return Clones.predictDeterministicAddress(VAULT, key);
    }

    function _digestOf(Quote calldata quote, address payer) internal view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    QUOTE_TYPEHASH,
                    quote.id,
                    payer,
                    quote.pool,
                    quote.rate,
                    quote.maxRate,
                    quote.fee,
                    quote.maxSeconds,
                    quote.openBefore
                )
            )
        );
    }

    function _open(Quote calldata quote)
        internal
        view
        returns (bytes32 key, Session storage session, SessionVault vault)
    {
        key = keyOf(quote);
        session = _sessions[key];
        if (session.state != State.Open) revert NotOpen();
        vault = SessionVault(_vaultOf(key));
    }

    /// @dev What has been paid by now, and what of it suspense has. A flow that nobody ended in time runs on beyond what was paid in: that
    /// is nobody's who is here.
    function _accrued(Quote calldata quote, Session memory session, uint256 integral)
        private
        view
        returns (uint256 paid, uint256 suspended)
    {
        uint256 streamed = uint256(session.rate) * (block.timestamp - session.since);
        if (streamed == 0) return (session.paid, session.suspended);
        uint256 left = uint256(session.deposit - quote.fee) * SCALE - session.paid;
        paid = streamed < left ? streamed : left;
        suspended = session.rate / UNITS * (integral - session.suspenseMark) * paid / streamed;
        return (session.paid + paid, session.suspended + suspended);
    }

    /// @dev Writes down what has streamed since it was written down last.
    function _accrue(Quote calldata quote, Session storage session, SessionVault vault) internal {
        if (session.rate > 0) {
            IMarketPool pool = IMarketPool(quote.pool);
            uint256 integral = pool.suspenseIntegral();
            (uint256 paid, uint256 suspended) = _accrued(quote, session, integral);
            session.paid = uint128(paid);
            // A vault that somebody had to end, nobody knows when: then what suspense had of this time stays there, because another
            // session's could be taken for it.
            if (vault.isStreaming(pool.gdaPool())) session.suspended = uint128(suspended);
            session.suspenseMark = uint64(integral);
        }
        session.since = uint40(block.timestamp);
    }

    function _stream(Quote calldata quote, Session storage session, SessionVault vault, uint96 rate) internal {
        IMarketPool pool = IMarketPool(quote.pool);
        rate -= rate % UNITS;
        if (rate == 0) {
            vault.stop(pool.gdaPool());
        } else {
            uint64 unwrapped = session.held - (session.isBountyPaid ? 0 : BOUNTY);
            session.held -= unwrapped;
            if (session.rate == 0) session.suspenseMark = uint64(pool.suspenseIntegral());
            vault.stream(pool.gdaPool(), unwrapped, rate);
        }
        session.rate = rate;
        session.paidUntil = _paidUntil(quote, session, vault);
    }

    function _paidUntil(Quote calldata quote, Session storage session, SessionVault vault)
        internal
        view
        returns (uint40)
    {
        uint256 atMost = uint256(session.openedAt) + quote.maxSeconds;
        uint256 rate = session.rate;
        if (rate == 0) return uint40(atMost);
        (int256 available,,,) = USDCX.realtimeBalanceOfNow(address(vault));
        uint256 seconds_ = available > 0 ? uint256(available) / rate : 0;
        if (seconds_ <= GRACE) revert Underfunded();
        uint256 until = block.timestamp + seconds_ - GRACE;
        return uint40(until < atMost ? until : atMost);
    }

    /// @dev Distributes what `worth` is beyond what was paid, under the units as they are now.
    function _payUpTo(bytes32 key, Quote calldata quote, Session storage session, SessionVault vault, uint256 worth)
        internal
    {
        uint256 most = uint256(quote.maxRate) * (session.since - session.openedAt);
        uint256 paidIn = uint256(session.deposit - quote.fee) * SCALE;
        if (most > paidIn) most = paidIn;
        if (worth > most) revert WorthTooHigh(most);
        uint256 due = worth > session.paid ? worth - session.paid : 0;
        uint256 unwrapped = session.held - (session.isBountyPaid ? 0 : BOUNTY);
        uint256 there = USDCX.balanceOf(address(vault)) + unwrapped * SCALE;
        if (due > there) due = there;
        due -= due % UNITS;
        if (due > 0) {
            IMarketPool pool = IMarketPool(quote.pool);
            session.held -= uint64(vault.distribute(pool.gdaPool(), due));
            session.paid += uint128(due);
            session.suspended += uint128(due / UNITS * pool.suspenseUnits());
        }
        emit PaidUp(key, worth, due);
    }
}
