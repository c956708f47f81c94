// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

/// @notice Deposits of paid sessions. Each has a vault of its own, which x402 pays, and which streams to its market pool.
/// @dev Rates and worths are in USDCx, 18 digits; what is quoted as fee and bounty in USDC, 6 digits.
interface ISessionEscrow {
    /// @notice What the orchestrator offers, and signs (EIP-712): nothing opens without it.
    /// @param id chosen by the orchestrator, once
    /// @param payer who pays and gets the rest back; 0: not known yet, and named when it is opened or settled
    /// @param pool the MarketPool whose members earn
    /// @param rate of the stream while answers run, wei a second; 0: nothing streams, `settle` or `tick` and `close` pay at once
    /// @param maxRate most that receipts may be worth in a second that the session is open
    /// @param fee of opening and closing, USDC; part of it waits as the bounty of whoever closes what was opened
    /// @param maxSeconds it may be open for so long, paused or not; `settle` pays for no more
    /// @param openBefore after that nothing is opened or settled, and anybody may send the deposit back
    struct Quote {
        bytes32 id;
        address payer;
        address pool;
        uint96 rate;
        uint96 maxRate;
        uint64 fee;
        uint32 maxSeconds;
        uint40 openBefore;
    }

    /// @notice An ERC-3009 authorization of the payer towards the quote's vault.
    struct Authorization {
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
        bytes signature;
    }

    /// @notice What an operator has of a session, of MarketPool.TOTAL_UNITS.
    struct Share {
        address member;
        uint128 units;
    }

    /// @dev None: it may be funded. Open: answers may run. Stopped: nothing streams, and the orchestrator has a while to say what
    ///      receipts are worth. Closed: over.
    enum State {
        None,
        Open,
        Stopped,
        Closed
    }

    /// @param isBountyPaid whoever stopped it has had it
    /// @param deposit USDC that was paid in, the fee included
    /// @param paid operators, treasury and suspense have had so much up to `since`
    /// @param suspended of it suspense has
    /// @param openedAt seconds; 0: it never was
    /// @param paidUntil from then on anybody may stop it: `GRACE` before its vault could become critical, or it has been open for
    ///        as long as it may
    /// @param closeAfter once stopped: from then on anybody may close it without receipts
    /// @param rate that streams now
    /// @param held USDC of the deposit that lies at the vault unwrapped, the bounty included
    /// @param suspenseMark the pool's `suspenseIntegral` at `since`
    /// @dev One that is settled at once writes its first two words only.
    struct Session {
        State state;
        bool isBountyPaid;
        uint64 deposit;
        address payer;
        uint128 paid;
        uint128 suspended;
        uint40 openedAt;
        uint40 since;
        uint40 paidUntil;
        uint40 closeAfter;
        uint96 rate;
        uint64 held;
        uint64 suspenseMark;
    }

    event Funded(bytes32 indexed key, address indexed vault, uint256 value);
    event Opened(
        bytes32 indexed key,
        bytes32 indexed id,
        address indexed payer,
        address pool,
        address vault,
        uint256 deposit,
        uint96 rate,
        uint40 paidUntil
    );
    event RateSet(bytes32 indexed key, uint96 rate, uint40 paidUntil);
    event ToppedUp(bytes32 indexed key, uint256 value, uint40 paidUntil);
    /// @notice Receipts up to now were worth `worth`; what had not streamed of it was distributed.
    event PaidUp(bytes32 indexed key, uint256 worth, uint256 distributed);
    event Stopped(bytes32 indexed key, address indexed by, uint40 closeAfter);
    event Closed(
        bytes32 indexed key, address indexed by, uint256 paid, uint256 suspended, uint256 returned, uint256 refunded
    );
    /// @notice The payer could not receive: what is owed waits at the vault until it is fetched.
    event Owed(bytes32 indexed key, address indexed payer);
    /// @notice Money at a vault that is of no open session went back to its payer.
    event Reclaimed(bytes32 indexed key, address indexed payer, uint256 value);
    event OrchestratorSet(address indexed orchestrator, address indexed feeTo);

    /// @notice The orchestrator did not sign this quote, on this chain, for this contract.
    error QuoteNotSigned();
    /// @notice Its time is over: ask for another one, and reclaim what was paid.
    error QuoteExpired();
    /// @notice The deposit does not carry the fee, the stream's buffer and `GRACE`.
    error Underfunded();
    /// @notice The quote's fee does not cover the bounty, or its rate is above its most.
    error BadQuote();
    error NotOpen();
    /// @notice It was opened: `close` ends it.
    error AlreadyOpen();
    /// @notice The orchestrator, and for what is open its payer, at any time; anybody from then on.
    error TooEarly(uint40 paidUntil);
    error NotOrchestrator();
    error NotPayer();
    /// @notice The quote names another payer, or none, and only the orchestrator may name one.
    error PayerUnknown();
    error RateTooHigh();
    /// @notice All shares together have at most what the treasury leaves.
    error TooManyUnits();
    /// @notice Nobody's shares: `settle` and `tick` pay who has units in the pool.
    error NoShares();
    /// @notice Receipts cannot be worth more than the quote's most in this time, or than was paid in.
    error WorthTooHigh(uint256 most);

    function BOUNTY() external view returns (uint64);

    function GRACE() external view returns (uint40);

    function SETTLE_SECONDS() external view returns (uint40);

    function orchestrator() external view returns (address);

    /// @notice EIP-712 digest of the quote: the session's key everywhere.
    function keyOf(Quote calldata quote) external view returns (bytes32 key);

    /// @notice Where x402 pays to.
    function vaultOf(Quote calldata quote) external view returns (address vault);

    function sessionOf(bytes32 key) external view returns (Session memory session);

    /// @notice What operators, treasury and suspense have had by now.
    function paidOf(Quote calldata quote) external view returns (uint256 paid);

    /// @notice What suspense has earned of an open session by now.
    function suspendedOf(Quote calldata quote) external view returns (uint256 suspended);

    /// @notice Moves USDC of `from` to the vault. Anybody may; nothing happens where this authorization has been used.
    function fund(Quote calldata quote, address from, Authorization calldata authorization) external;

    /**
     * @notice The orchestrator opens a funded session; one that is open stays as it is. Nobody else may, whoever knows the signature:
     * receipts of an open one are worth no more than its seconds allow.
     * @param payer as in the quote; where that names none, whom the orchestrator names
     * @param signature the orchestrator's, of the quote with this payer in it
     */
    function open(Quote calldata quote, address payer, bytes calldata signature) external;

    /**
     * @notice The orchestrator ends what was never opened, in one transaction: fee, what receipts are worth to the members of the pool
     * under the units as they are, and the rest back to the payer. One that is closed stays as it is.
     * @param payer as for `open`
     * @param signature as for `open`
     * @param worth at most the quote's most in `maxSeconds`, and what was paid in less the fee
     */
    function settle(Quote calldata quote, address payer, bytes calldata signature, uint256 worth) external;

    /// @notice As `settle`, but to these, whatever units they have in the pool. The treasury has its own share; what is nobody's stays
    /// with the payer. In millionths of a dollar, so that each has its share to one of them.
    function settleSplit(
        Quote calldata quote,
        address payer,
        bytes calldata signature,
        uint256 worth,
        Share[] calldata shares
    ) external;

    /// @notice The orchestrator sets what streams; 0 pauses and frees the buffer.
    function setRate(Quote calldata quote, uint96 rate) external;

    /// @notice The orchestrator pays up to what receipts are worth by now: before units move, and in place of a stream.
    function tick(Quote calldata quote, uint256 worth) external;

    /// @notice As `tick`, but to these, as in `settleSplit`; what is nobody's is in suspense until the end.
    function tickSplit(Quote calldata quote, uint256 worth, Share[] calldata shares) external;

    /// @notice Takes in what was paid to the vault since it was opened.
    function topUp(Quote calldata quote) external;

    /**
     * @notice The orchestrator ends it with what its receipts are worth. For the payer at any time, and for anybody from `paidUntil` on,
     * it stops the stream; the orchestrator then has SETTLE_SECONDS to say what receipts are worth, after which anybody closes it.
     * @param worth ignored from anybody but the orchestrator; at most the quote's most in the seconds since it was opened, of which
     * those count too in which the orchestrator may say it
     */
    function close(Quote calldata quote, uint256 worth) external;

    /// @notice As the orchestrator's `close`, but to these, as in `settleSplit`.
    function closeSplit(Quote calldata quote, uint256 worth, Share[] calldata shares) external;

    /// @notice Sends the payer what lies at a vault whose session is not open. Before it was opened or settled only the orchestrator
    /// may, because answers may be computed for it already; after `openBefore`, and once it is closed, anybody. Where the quote names no
    /// payer, the orchestrator does.
    function reclaim(Quote calldata quote, address payer) external;

    /// @notice After `openBefore` of a quote that names no payer, and was never opened: gives back what `from` paid through `fund`.
    function reclaimFunding(Quote calldata quote, address from) external;

    /// @notice The payer fetches what could not be sent.
    function fetch(Quote calldata quote, address to) external;
}
