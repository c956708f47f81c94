// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IMarketPool} from "./interfaces/IMarketPool.sol";
import {SessionBook} from "./SessionBook.sol";
import {SessionVault} from "./SessionVault.sol";

/// @notice How money comes to a session's vault before anything is opened or settled of it, and who has it back that never was or is over.
abstract contract SessionFunding is SessionBook, Ownable2Step, ReentrancyGuardTransient {
    address public orchestrator;
    /// @notice Gets fees.
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

    function reclaim(Quote calldata quote, address payer) external nonReentrant {
        bytes32 key = keyOf(quote);
        Session storage session = _sessions[key];
        SessionVault vault = SessionVault(_vaultOf(key));
        if (session.state == State.None) {
            bool isKnown = quote.payer == address(0) ? msg.sender == orchestrator : quote.payer == payer;
            if (!isKnown) revert PayerUnknown();
            // What was paid for may be computed already, and is settled until then.
            bool isEarly = block.timestamp <= quote.openBefore;
            if (isEarly && msg.sender != orchestrator) revert TooEarly(quote.openBefore);
            Clones.cloneDeterministic(VAULT, key);
            session.state = State.Closed;
            session.payer = payer;
        } else if (session.state != State.Closed) {
            revert TooEarly(session.paidUntil);
        } else if (session.payer != payer) {
            // Neither opened nor settled, and others have had their payments back: what was sent past `fund` is the orchestrator's to name.
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

    /// @dev A quote that the orchestrator signed, for this payer, in time: deploys its vault and writes down what was paid there.
    function _begin(bytes32 key, Session storage session, Quote calldata quote, address payer, bytes calldata signature)
        internal
        returns (SessionVault vault)
    {
        if (block.timestamp > quote.openBefore) revert QuoteExpired();
        if (payer == address(0) || (quote.payer != address(0) && quote.payer != payer)) revert PayerUnknown();
        bytes32 digest = quote.payer == payer ? key : _digestOf(quote, payer);
        if (!SignatureChecker.isValidSignatureNow(orchestrator, digest, signature)) revert QuoteNotSigned();
        vault = SessionVault(Clones.cloneDeterministic(VAULT, key));
        uint256 deposit = USDC.balanceOf(address(vault));
        // Beyond it nobody has dollars; a quote that could not be closed is not opened.
        if (deposit <= quote.fee || deposit > type(uint64).max) revert Underfunded();
        session.deposit = uint64(deposit);
        session.payer = payer;
    }

    /// @dev All that lies at the vault of a closed session, and what suspense still owes it.
    function _empty(Quote calldata quote, Session storage session, SessionVault vault, bytes32 key, address to)
        private
        returns (uint256 value)
    {
        value = USDC.balanceOf(address(vault));
        if (value > 0) vault.send(to, value);
        // Less than a millionth of a dollar stays.
        uint256 wrapped = USDCX.balanceOf(address(vault)) / SCALE * SCALE;
        if (wrapped > 0) vault.unwrap(to, wrapped);
        value = value * SCALE + wrapped;
        if (session.suspended > 0) value += IMarketPool(quote.pool).returnSuspended(key, to, session.suspended);
    }
}
