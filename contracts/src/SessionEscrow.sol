// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {IMarketPool} from "./interfaces/IMarketPool.sol";
import {SessionFunding} from "./SessionFunding.sol";
import {SessionVault} from "./SessionVault.sol";

/// @notice Opens, re-rates, settles and closes paid sessions. Holds no money itself: each session's lies in its own vault, its stream's
/// buffer comes out of its own deposit, and nothing is lent. The stream is the running estimate, receipts are the bill.
contract SessionEscrow is SessionFunding {
    constructor(Settings memory settings) SessionFunding(settings) {}

    function open(Quote calldata quote, address payer, bytes calldata signature)
        external
        nonReentrant
        onlyOrchestrator
    {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        if (session.state != State.None) return;
        bool isRateable = quote.rate <= quote.maxRate && quote.maxRate <= uint96(type(int96).max);
        if (quote.fee < BOUNTY || !isRateable) revert BadQuote();
        SessionVault vault = _begin(key, session, quote, payer, signature);
        session.state = State.Open;
        session.openedAt = session.since = uint40(block.timestamp);
        session.paidUntil = uint40(block.timestamp + quote.maxSeconds);
        uint64 deposit = session.deposit;
        session.held = deposit - quote.fee + BOUNTY;
        if (quote.fee > BOUNTY) vault.send(feeTo, quote.fee - BOUNTY);
        if (quote.rate > 0) _stream(quote, session, vault, quote.rate, false);
        emit Opened(key, quote.id, payer, quote.pool, address(vault), deposit, session.rate, session.paidUntil);
    }

    function settle(Quote calldata quote, address payer, bytes calldata signature, uint256 worth)
        external
        nonReentrant
        onlyOrchestrator
    {
        _settle(quote, payer, signature, worth, new Share[](0));
    }

    function settleSplit(
        Quote calldata quote,
        address payer,
        bytes calldata signature,
        uint256 worth,
        Share[] calldata shares
    ) external nonReentrant onlyOrchestrator {
        if (shares.length == 0) revert NoShares();
        _settle(quote, payer, signature, worth, shares);
    }

    function _settle(
        Quote calldata quote,
        address payer,
        bytes calldata signature,
        uint256 worth,
        Share[] memory shares
    ) private {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        if (session.state == State.Closed) return;
        Purse memory purse = _beginSettling(key, session, quote, payer, signature);
        _payUpTo(key, quote, session, purse, quote.maxSeconds, worth, shares);
        _refund(key, quote, session, purse);
    }

    /// @dev Closed from here on; nobody's bounty waits, so that the whole fee is due.
    function _beginSettling(
        bytes32 key,
        Session storage session,
        Quote calldata quote,
        address payer,
        bytes calldata signature
    ) private returns (Purse memory) {
        if (session.state != State.None) revert AlreadyOpen();
        SessionVault vault = _begin(key, session, quote, payer, signature);
        session.state = State.Closed;
        if (quote.fee > 0) _sendFee(vault, feeTo, quote.fee);
        // What strangers sent there wrapped is none of it: the payer reclaims that.
        return Purse(vault, 0, session.deposit - quote.fee);
    }

    function setRate(Quote calldata quote, uint96 rate) external nonReentrant onlyOrchestrator {
        (bytes32 key, Session storage session, SessionVault vault) = _open(quote);
        if (rate > quote.maxRate) revert RateTooHigh();
        bool isStreaming = _accrue(quote, session, vault);
        _stream(quote, session, vault, rate, isStreaming);
        emit RateSet(key, session.rate, session.paidUntil);
    }

    function tick(Quote calldata quote, uint256 worth) external nonReentrant onlyOrchestrator {
        _tick(quote, worth, new Share[](0));
    }

    function tickSplit(Quote calldata quote, uint256 worth, Share[] calldata shares)
        external
        nonReentrant
        onlyOrchestrator
    {
        if (shares.length == 0) revert NoShares();
        _tick(quote, worth, shares);
    }

    function _tick(Quote calldata quote, uint256 worth, Share[] memory shares) private {
        (bytes32 key, Session storage session, SessionVault vault) = _open(quote);
        _accrue(quote, session, vault);
        Purse memory purse = _purseOf(session, vault);
        _payUpTo(key, quote, session, purse, session.since - session.openedAt, worth, shares);
        session.held = uint64(purse.unwrapped) + (session.isBountyPaid ? 0 : BOUNTY);
        if (session.rate > 0) session.paidUntil = _paidUntil(quote, session, vault);
    }

    function topUp(Quote calldata quote) external nonReentrant {
        (bytes32 key, Session storage session, SessionVault vault) = _open(quote);
        uint256 value = USDC.balanceOf(address(vault)) - session.held;
        if (value == 0 || value + session.deposit > type(uint64).max) revert Underfunded();
        session.deposit += uint64(value);
        session.held += uint64(value);
        if (session.rate > 0) {
            bool isStreaming = _accrue(quote, session, vault);
            _stream(quote, session, vault, session.rate, isStreaming);
        }
        emit ToppedUp(key, value, session.paidUntil);
    }

    function close(Quote calldata quote, uint256 worth) external nonReentrant {
        _close(quote, worth, new Share[](0));
    }

    function closeSplit(Quote calldata quote, uint256 worth, Share[] calldata shares)
        external
        nonReentrant
        onlyOrchestrator
    {
        if (shares.length == 0) revert NoShares();
        _close(quote, worth, shares);
    }

    function _close(Quote calldata quote, uint256 worth, Share[] memory shares) private {
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
            bool isStreaming = _accrue(quote, session, vault);
            session.rate = 0;
            if (isStreaming) vault.stop(IMarketPool(quote.pool).gdaPool());
            if (!isOrchestrator) return _stop(key, session, vault, isDue);
        } else if (!isOrchestrator && block.timestamp < session.closeAfter) {
            revert TooEarly(session.closeAfter);
        }
        Purse memory purse = _purseOf(session, vault);
        session.state = State.Closed;
        if (isOrchestrator) {
            _payUpTo(key, quote, session, purse, _secondsOf(session, state), worth, shares);
        }
        session.held = 0;
        if (!session.isBountyPaid) {
            session.isBountyPaid = true;
            _sendFee(vault, isOrchestrator ? feeTo : msg.sender, BOUNTY);
        }
        _refund(key, quote, session, purse);
    }

    /// @dev Whoever stops it in its first seconds has answers computed for it until that is heard: receipts are worth no less by that.
    function _secondsOf(Session storage session, State state) private view returns (uint256) {
        bool isLate = state == State.Stopped && block.timestamp > session.closeAfter;
        return (isLate ? session.closeAfter : block.timestamp) - session.openedAt;
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

    /// @dev Who cannot receive it leaves it with the payer.
    function _sendFee(SessionVault vault, address to, uint64 value) private {
        try vault.send(to, value) {} catch {}
    }

    /// @dev All that is left; a payer who cannot receive holds nothing up.
    function _refund(bytes32 key, Quote calldata quote, Session storage session, Purse memory purse) private {
        (address payer, uint256 suspended) = (session.payer, session.suspended);
        uint256 returned;
        bool isOwed;
        if (suspended > 0) {
            try IMarketPool(quote.pool).returnSuspended(key, payer, suspended) returns (uint256 amount) {
                returned = amount;
            } catch {
                isOwed = true;
            }
        }
        uint256 refunded = USDC.balanceOf(address(purse.vault));
        if (refunded > 0) {
            try purse.vault.send(payer, refunded) {}
            catch {
                refunded = 0;
                isOwed = true;
            }
        }
        refunded *= SCALE;
        uint256 unwrapped = purse.wrapped / SCALE * SCALE;
        if (unwrapped > 0) {
            try purse.vault.unwrap(payer, unwrapped) {
                refunded += unwrapped;
            } catch {
                isOwed = true;
            }
        }
        if (isOwed) emit Owed(key, payer);
        emit Closed(key, msg.sender, session.paid, suspended, returned, refunded);
    }
}
