// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IERC3009} from "./interfaces/IERC3009.sol";
import {IMarketPool} from "./interfaces/IMarketPool.sol";
import {ISessionEscrow} from "./interfaces/ISessionEscrow.sol";
import {IGdaForwarder, ISuperToken} from "./interfaces/ISuperfluid.sol";
import {SessionVault} from "./SessionVault.sol";

/// @notice Opens, re-rates and closes paid sessions. Holds no money itself: each session's lies in its own vault, its stream's buffer
/// comes out of its own deposit, and nothing is lent. The stream is the running estimate, receipts are the bill.
contract SessionEscrow is ISessionEscrow, EIP712, Ownable2Step, ReentrancyGuardTransient {
    uint256 private constant SCALE = 1e12;
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
    address private immutable VAULT;

    address public orchestrator;
    /// @notice Gets opening fees.
    address public feeTo;
    mapping(bytes32 key => Session) private _sessions;
    /// @dev Who paid for a quote that names nobody, as far as it was paid through `fund`.
    mapping(bytes32 key => mapping(address from => uint256)) private _fundings;

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

    constructor(Settings memory settings) EIP712("ComputePool SessionEscrow", "1") Ownable(settings.owner) {
        USDC = settings.usdc;
        USDCX = settings.usdcx;
        GDA = settings.gda;
        BOUNTY = settings.bounty;
        GRACE = settings.grace;
        SETTLE_SECONDS = settings.settleSeconds;
        VAULT = address(new SessionVault(settings.usdc, settings.usdcx, settings.gda));
        _setOrchestrator(settings.orchestrator, settings.feeTo);
    }

    modifier onlyOrchestrator() {
        if (msg.sender != orchestrator) revert NotOrchestrator();
        _;
    }

    function setOrchestrator(address orchestrator_, address feeTo_) external onlyOwner {
        _setOrchestrator(orchestrator_, feeTo_);
    }

    function _setOrchestrator(address orchestrator_, address feeTo_) private {
        orchestrator = orchestrator_;
        feeTo = feeTo_;
        emit OrchestratorSet(orchestrator_, feeTo_);
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

    function paidOf(Quote calldata quote) external view returns (uint256) {
        Session memory session = _sessions[keyOf(quote)];
        return session.paid + uint256(session.rate) * (block.timestamp - session.since);
    }

    function suspendedOf(Quote calldata quote) external view returns (uint256) {
        Session memory session = _sessions[keyOf(quote)];
        if (session.rate == 0) return session.suspended;
        uint256 integral = IMarketPool(quote.pool).suspenseIntegral() - session.suspenseMark;
        return session.suspended + uint256(session.rate / UNITS) * integral;
    }

    function fund(Quote calldata quote, address from, Authorization calldata authorization) external nonReentrant {
        bytes32 key = keyOf(quote);
        address vault = _vaultOf(key);
        // Whoever has seen the authorization may have sent it already: then the money is there.
        if (USDC.authorizationState(from, authorization.nonce)) return;
        USDC.transferWithAuthorization(
            from,
            vault,
            authorization.value,
            authorization.validAfter,
            authorization.validBefore,
            authorization.nonce,
            authorization.signature
        );
        if (quote.payer == address(0)) _fundings[key][from] += authorization.value;
        emit Funded(key, vault, authorization.value);
    }

    function open(Quote calldata quote, address payer, bytes calldata signature) external nonReentrant {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        if (session.state != State.None) return;
        if (block.timestamp > quote.openBefore) revert QuoteExpired();
        if (payer == address(0) || (quote.payer != address(0) && quote.payer != payer)) revert PayerUnknown();
        bytes32 digest = quote.payer == payer ? key : _digestOf(quote, payer);
        if (!SignatureChecker.isValidSignatureNow(orchestrator, digest, signature)) revert QuoteNotSigned();
        bool isRateable = quote.rate <= quote.maxRate && quote.maxRate <= uint96(type(int96).max);
        if (quote.fee < BOUNTY || !isRateable) revert BadQuote();

        SessionVault vault = SessionVault(Clones.cloneDeterministic(VAULT, key));
        uint256 deposit = USDC.balanceOf(address(vault));
        // Beyond it nobody has dollars; a quote that could not be closed is not opened.
        if (deposit <= quote.fee || deposit > type(uint64).max) revert Underfunded();
        session.state = State.Open;
        session.openedAt = session.since = uint40(block.timestamp);
        session.paidUntil = uint40(block.timestamp + quote.maxSeconds);
        session.deposit = uint64(deposit);
        session.held = uint64(deposit) - quote.fee + BOUNTY;
        session.payer = payer;
        if (quote.fee > BOUNTY) vault.send(feeTo, quote.fee - BOUNTY);
        if (quote.rate > 0) _stream(quote, session, vault, quote.rate);
        emit Opened(key, quote.id, payer, quote.pool, address(vault), deposit, session.rate, session.paidUntil);
    }

    function setRate(Quote calldata quote, uint96 rate) external nonReentrant onlyOrchestrator {
        (bytes32 key, Session storage session, SessionVault vault) = _open(quote);
        if (rate > quote.maxRate) revert RateTooHigh();
        _accrue(quote, session, vault);
        _stream(quote, session, vault, rate);
        emit RateSet(key, session.rate, session.paidUntil);
    }

    function tick(Quote calldata quote, uint256 worth) external nonReentrant onlyOrchestrator {
        (bytes32 key, Session storage session, SessionVault vault) = _open(quote);
        _accrue(quote, session, vault);
        _payUpTo(key, quote, session, vault, worth);
        if (session.rate > 0) session.paidUntil = _paidUntil(quote, session, vault);
    }

    function topUp(Quote calldata quote) external nonReentrant {
        (bytes32 key, Session storage session, SessionVault vault) = _open(quote);
        uint256 value = USDC.balanceOf(address(vault)) - session.held;
        if (value == 0 || value + session.deposit > type(uint64).max) revert Underfunded();
        session.deposit += uint64(value);
        session.held += uint64(value);
        if (session.rate > 0) {
            _accrue(quote, session, vault);
            _stream(quote, session, vault, session.rate);
        }
        emit ToppedUp(key, value, session.paidUntil);
    }

    function close(Quote calldata quote, uint256 worth) external nonReentrant {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        State state = session.state;
        if (state == State.Closed) return;
        if (state == State.None) revert NotOpen();
        bool isOrchestrator = msg.sender == orchestrator;
        SessionVault vault = SessionVault(_vaultOf(key));
        if (state == State.Open) {
            bool isDue = block.timestamp >= session.paidUntil;
            if (!isOrchestrator && !isDue && msg.sender != session.payer) revert TooEarly(session.paidUntil);
            _accrue(quote, session, vault);
            session.rate = 0;
            vault.stop(IMarketPool(quote.pool).gdaPool());
            if (!isOrchestrator) return _stop(key, session, vault, isDue);
        } else if (!isOrchestrator && block.timestamp < session.closeAfter) {
            revert TooEarly(session.closeAfter);
        }
        if (isOrchestrator) _payUpTo(key, quote, session, vault, worth);
        session.state = State.Closed;
        _refund(key, quote, session, vault);
    }

    function reclaim(Quote calldata quote, address payer) external nonReentrant {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        SessionVault vault = SessionVault(_vaultOf(key));
        if (session.state == State.None) {
            bool isKnown = quote.payer == address(0) ? msg.sender == orchestrator : quote.payer == payer;
            if (!isKnown) revert PayerUnknown();
            bool isParty = msg.sender == payer || msg.sender == orchestrator;
            if (!isParty && block.timestamp <= quote.openBefore) revert TooEarly(quote.openBefore);
            Clones.cloneDeterministic(VAULT, key);
            session.state = State.Closed;
            session.payer = payer;
        } else if (session.state != State.Closed) {
            revert TooEarly(session.paidUntil);
        } else if (session.payer != payer) {
            revert PayerUnknown();
        }
        emit Reclaimed(key, payer, _empty(quote, session, vault, key, payer));
    }

    function reclaimFunding(Quote calldata quote, address from) external nonReentrant {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        if (session.state != State.None && (session.state != State.Closed || session.payer != address(0))) {
            revert PayerUnknown();
        }
        if (block.timestamp <= quote.openBefore) revert TooEarly(quote.openBefore);
        uint256 value = _fundings[key][from];
        if (value == 0) revert PayerUnknown();
        delete _fundings[key][from];
        // For good: nothing can be opened of it any more.
        if (session.state == State.None) {
            Clones.cloneDeterministic(VAULT, key);
            session.state = State.Closed;
        }
        SessionVault(_vaultOf(key)).send(from, value);
        emit Reclaimed(key, from, value * SCALE);
    }

    function fetch(Quote calldata quote, address to) external nonReentrant {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        if (session.state != State.Closed) revert NotOpen();
        if (msg.sender != session.payer) revert NotPayer();
        emit Reclaimed(key, to, _empty(quote, session, SessionVault(_vaultOf(key)), key, to));
    }

    function _vaultOf(bytes32 key) private view returns (address) {
        return Clones.predictDeterministicAddress(VAULT, key);
    }

    function _digestOf(Quote calldata quote, address payer) private view returns (bytes32) {
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
        private
        view
        returns (bytes32 key, Session storage session, SessionVault vault)
    {
        key = keyOf(quote);
        session = _sessions[key];
        if (session.state != State.Open) revert NotOpen();
        vault = SessionVault(_vaultOf(key));
    }

    /// @dev Writes down what has streamed since it was written down last.
    function _accrue(Quote calldata quote, Session storage session, SessionVault vault) private {
        uint256 rate = session.rate;
        if (rate > 0) {
            IMarketPool pool = IMarketPool(quote.pool);
            uint256 integral = pool.suspenseIntegral();
            uint256 streamed = rate * (block.timestamp - session.since);
            // A flow that nobody ended in time runs on beyond what was paid in: that is nobody's who is here.
            uint256 left = uint256(session.deposit - quote.fee) * SCALE - session.paid;
            uint256 paid = streamed < left ? streamed : left;
            session.paid += uint128(paid);
            // A vault that somebody had to end, nobody knows when: then what suspense had of this time stays there, because another
            // session's could be taken for it.
            if (streamed > 0 && vault.isStreaming(pool.gdaPool())) {
                session.suspended += uint128(rate / UNITS * (integral - session.suspenseMark) * paid / streamed);
            }
            session.suspenseMark = uint64(integral);
        }
        session.since = uint40(block.timestamp);
    }

    function _stream(Quote calldata quote, Session storage session, SessionVault vault, uint96 rate) private {
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
        private
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
        private
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

    function _stop(bytes32 key, Session storage session, SessionVault vault, bool isDue) private {
        session.state = State.Stopped;
        session.closeAfter = uint40(block.timestamp) + SETTLE_SECONDS;
        if (isDue) _payBounty(session, vault, msg.sender);
        emit Stopped(key, msg.sender, session.closeAfter);
    }

    /// @dev Out of the fee that the payer was shown.
    function _payBounty(Session storage session, SessionVault vault, address to) private {
        if (session.isBountyPaid) return;
        session.isBountyPaid = true;
        session.held -= BOUNTY;
        vault.send(to, BOUNTY);
    }

    function _refund(bytes32 key, Quote calldata quote, Session storage session, SessionVault vault) private {
        address payer = session.payer;
        if (!session.isBountyPaid) {
            session.isBountyPaid = true;
            // A receiver of fees that cannot receive leaves them with the payer.
            try vault.send(msg.sender == orchestrator ? feeTo : msg.sender, BOUNTY) {} catch {}
        }
        session.held = 0;
        uint256 returned;
        bool isOwed;
        try IMarketPool(quote.pool).returnSuspended(key, payer, session.suspended) returns (uint256 amount) {
            returned = amount;
        } catch {
            isOwed = true;
        }
        uint256 refunded = USDC.balanceOf(address(vault));
        if (refunded > 0) {
            try vault.send(payer, refunded) {}
            catch {
                refunded = 0;
                isOwed = true;
            }
        }
        refunded *= SCALE;
        try vault.unwrap(payer) returns (uint256 amount) {
            refunded += amount;
        } catch {
            isOwed = true;
        }
        if (isOwed) emit Owed(key, payer);
        emit Closed(key, msg.sender, session.paid, session.suspended, returned, refunded);
    }

    /// @dev All that lies at the vault of a closed session, and what suspense still owes it.
    function _empty(Quote calldata quote, Session storage session, SessionVault vault, bytes32 key, address to)
        private
        returns (uint256 value)
    {
        value = USDC.balanceOf(address(vault));
        if (value > 0) vault.send(to, value);
        value = value * SCALE + vault.unwrap(to);
        if (session.suspended > 0) value += IMarketPool(quote.pool).returnSuspended(key, to, session.suspended);
    }
}
