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

    /// @param wrapped USDCx that the vault may pay, 18 digits
    /// @param unwrapped USDC that it may wrap and pay, 6 digits
    struct Purse {
        SessionVault vault;
        uint256 wrapped;
        uint256 unwrapped;
    }

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
        VAULT = address(new SessionVault(settings.usdc, settings.usdcx));
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
    function _accrue(Quote calldata quote, Session storage session, SessionVault vault)
        internal
        returns (bool isStreaming)
    {
        if (session.rate > 0) {
            IMarketPool pool = IMarketPool(quote.pool);
            uint256 integral = pool.suspenseIntegral();
            (uint256 paid, uint256 suspended) = _accrued(quote, session, integral);
            session.paid = uint128(paid);
            // A vault that somebody had to end, nobody knows when: then what suspense had of this time stays there, because another
            // session's could be taken for it.
            isStreaming = vault.isStreaming(pool.gdaPool());
            if (isStreaming) session.suspended = uint128(suspended);
            session.suspenseMark = uint64(integral);
        }
        session.since = uint40(block.timestamp);
    }

    function _stream(Quote calldata quote, Session storage session, SessionVault vault, uint96 rate, bool isStreaming)
        internal
    {
        IMarketPool pool = IMarketPool(quote.pool);
        rate -= rate % UNITS;
        if (rate > 0) {
            uint64 unwrapped = uint64(_unwrapped(session));
            session.held -= unwrapped;
            if (session.rate == 0) session.suspenseMark = uint64(pool.suspenseIntegral());
            vault.stream(pool.gdaPool(), unwrapped, rate);
        } else if (isStreaming) {
            vault.stop(pool.gdaPool());
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

    /// @dev What lies at the vault as USDC, but for the bounty.
    function _unwrapped(Session storage session) private view returns (uint256) {
        return session.held - (session.isBountyPaid ? 0 : BOUNTY);
    }

    function _purseOf(Session storage session, SessionVault vault) internal view returns (Purse memory) {
        return Purse(vault, USDCX.balanceOf(address(vault)), _unwrapped(session));
    }

    /// @dev Pays what `worth` is beyond what was paid, as far as it is there: by shares, or to the members of the pool under the units as
    /// they are now. Receipts of so many seconds are worth no more than the quote allows, or was paid in. Less than a millionth of a
    /// dollar is not worth the gas.
    function _payUpTo(
        bytes32 key,
        Quote calldata quote,
        Session storage session,
        Purse memory purse,
        uint256 atMostSeconds,
        uint256 worth,
        Share[] memory shares
    ) internal {
        uint256 most = quote.maxRate * atMostSeconds;
        uint256 paidIn = uint256(session.deposit - quote.fee) * SCALE;
        if (most > paidIn) most = paidIn;
        if (worth > most) revert WorthTooHigh(most);
        uint256 due = worth > session.paid ? worth - session.paid : 0;
        uint256 there = purse.wrapped + purse.unwrapped * SCALE;
        if (due > there) due = there;
        if (due < SCALE) due = 0;
        if (due > 0) {
            uint256 suspended;
            (due, suspended) = shares.length == 0
                ? _distribute(IMarketPool(quote.pool), purse, due)
                : _divide(IMarketPool(quote.pool), purse, due, shares, session.state == State.Closed);
            session.paid += uint128(due);
            if (suspended > 0) session.suspended += uint128(suspended);
        }
        emit PaidUp(key, worth, due);
    }

    /// @dev To the wei, but for what is no whole unit.
    function _distribute(IMarketPool pool, Purse memory purse, uint256 due)
        private
        returns (uint256 paid, uint256 suspended)
    {
        paid = due - due % UNITS;
        uint256 value = paid > purse.wrapped ? (paid - purse.wrapped + SCALE - 1) / SCALE : 0;
        purse.vault.distribute(pool.gdaPool(), value, paid);
        purse.unwrapped -= value;
        purse.wrapped = purse.wrapped + value * SCALE - paid;
        suspended = paid / UNITS * pool.suspenseUnits();
    }

    /// @dev In millionths of a dollar: each its share, the treasury its own. They are cut off one sum after another, so that together
    /// they have all of it. The rest is nobody's: suspense has it until the end, and where this is the end it stays with the payer.
    function _divide(IMarketPool pool, Purse memory purse, uint256 due, Share[] memory shares, bool isOver)
        private
        returns (uint256 paid, uint256 suspended)
    {
        address[] memory to = new address[](shares.length + 2);
        uint256[] memory values = new uint256[](shares.length + 2);
        address suspense = pool.suspense();
        uint256 units = pool.treasuryUnits();
        uint256 given = due * units / (UNITS * SCALE);
        (to[0], values[0]) = (pool.treasury(), given);
        for (uint256 i = 0; i < shares.length; i++) {
            address member = shares[i].member;
            // Whoever serves has named it: one that cannot be paid must not hold up the others.
            if (member == address(0) || member == suspense) continue;
            units += shares[i].units;
            if (units > UNITS) revert TooManyUnits();
            to[i + 1] = member;
            values[i + 1] = due * units / (UNITS * SCALE) - given;
            given += values[i + 1];
        }
        paid = isOver ? given : due / SCALE;
        suspended = paid - given;
        (to[shares.length + 1], values[shares.length + 1]) = (suspense, suspended);
        _pay(purse, paid, isOver, to, values);
        return (paid * SCALE, suspended * SCALE);
    }

    /// @dev A stream has all of its money wrapped. At the end all of it is unwrapped, for the payer as well.
    function _pay(Purse memory purse, uint256 value, bool isOver, address[] memory to, uint256[] memory values)
        private
    {
        if (value > purse.unwrapped) {
            uint256 lack = isOver ? purse.wrapped / SCALE : value - purse.unwrapped;
            purse.vault.unwrap(address(purse.vault), lack * SCALE);
            purse.wrapped -= lack * SCALE;
            purse.unwrapped += lack;
        }
        purse.unwrapped -= value;
        purse.vault.pay(value, to, values);
    }
}
