// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IMarketPool} from "./interfaces/IMarketPool.sol";
import {SessionBook} from "./SessionBook.sol";
import {SessionVault} from "./SessionVault.sol";

/// @notice Opens, re-rates and closes paid sessions. Holds no money itself: each session's lies in its own vault, its stream's buffer
/// comes out of its own deposit, and nothing is lent. The stream is the running estimate, receipts are the bill.
contract SessionEscrow is SessionBook, Ownable2Step, ReentrancyGuardTransient {
    address public orchestrator;
    /// @notice Gets opening fees.
    address public feeTo;
    /// @dev Who paid for a quote that names nobody, as far as it was paid through `fund`.
    mapping(bytes32 key => mapping(address from => uint256)) private _fundings;

    constructor(Settings memory settings) SessionBook(settings) Ownable(settings.owner) {
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
            // Never opened, and others have had their payments back: what was sent past `fund` is the orchestrator's to name.
            if (session.payer != address(0) || msg.sender != orchestrator) revert PayerUnknown();
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
