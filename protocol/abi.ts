// What the server and tools call on a chain, as viem reads it. Our own part is compared with the committed artifacts by a test.
import { parseAbi } from 'viem';

const QUOTE =
  'struct Quote { bytes32 id; address payer; address pool; uint96 rate; uint96 maxRate; uint64 fee; uint32 maxSeconds; uint40 openBefore; }';
const AUTHORIZATION =
  'struct Authorization { uint256 value; uint256 validAfter; uint256 validBefore; bytes32 nonce; bytes signature; }';
const SESSION =
  'struct Session { uint8 state; bool isBountyPaid; uint64 deposit; address payer; uint128 paid; uint128 suspended; uint40 openedAt; uint40 since; uint40 paidUntil; uint40 closeAfter; uint96 rate; uint64 held; uint64 suspenseMark; }';

export const ESCROW_ABI = parseAbi([
  QUOTE,
  AUTHORIZATION,
  SESSION,
  'struct Share { address member; uint128 units; }',
  'function BOUNTY() view returns (uint64)',
  'function GRACE() view returns (uint40)',
  'function SETTLE_SECONDS() view returns (uint40)',
  'function USDC() view returns (address)',
  'function USDCX() view returns (address)',
  'function orchestrator() view returns (address)',
  'function feeTo() view returns (address)',
  'function keyOf(Quote quote) view returns (bytes32)',
  'function vaultOf(Quote quote) view returns (address)',
  'function sessionOf(bytes32 key) view returns (Session)',
  'function paidOf(Quote quote) view returns (uint256)',
  'function suspendedOf(Quote quote) view returns (uint256)',
  'function fund(Quote quote, address from, Authorization authorization)',
  'function open(Quote quote, address payer, bytes signature)',
  'function setRate(Quote quote, uint96 rate)',
  'function tick(Quote quote, uint256 worth)',
  'function tickSplit(Quote quote, uint256 worth, Share[] shares)',
  'function settle(Quote quote, address payer, bytes signature, uint256 worth)',
  'function settleSplit(Quote quote, address payer, bytes signature, uint256 worth, Share[] shares)',
  'function closeSplit(Quote quote, uint256 worth, Share[] shares)',
  'function topUp(Quote quote)',
  'function close(Quote quote, uint256 worth)',
  'function reclaim(Quote quote, address payer)',
  'event Funded(bytes32 indexed key, address indexed vault, uint256 value)',
  'event Opened(bytes32 indexed key, bytes32 indexed id, address indexed payer, address pool, address vault, uint256 deposit, uint96 rate, uint40 paidUntil)',
  'event RateSet(bytes32 indexed key, uint96 rate, uint40 paidUntil)',
  'event ToppedUp(bytes32 indexed key, uint256 value, uint40 paidUntil)',
  'event PaidUp(bytes32 indexed key, uint256 worth, uint256 distributed)',
  'event Stopped(bytes32 indexed key, address indexed by, uint40 closeAfter)',
  'event Closed(bytes32 indexed key, address indexed by, uint256 paid, uint256 suspended, uint256 returned, uint256 refunded)',
  'event Owed(bytes32 indexed key, address indexed payer)',
  'event Reclaimed(bytes32 indexed key, address indexed payer, uint256 value)',
  'error QuoteNotSigned()',
  'error QuoteExpired()',
  'error Underfunded()',
  'error BadQuote()',
  'error NotOpen()',
  'error TooEarly(uint40 paidUntil)',
  'error NotOrchestrator()',
  'error NotPayer()',
  'error PayerUnknown()',
  'error RateTooHigh()',
  'error WorthTooHigh(uint256 most)',
  'error AlreadyOpen()',
  'error NoShares()',
  'error TooManyUnits()',
]);

export const MARKET_POOL_ABI = parseAbi([
  'function gdaPool() view returns (address)',
  'function suspense() view returns (address)',
  'function treasury() view returns (address)',
  'function suspenseUnits() view returns (uint128)',
  'function ESCROW() view returns (address)',
  'function setSeats(address[] members, uint128[] units)',
  'function sweepDust(address to) returns (uint256)',
  'error LengthsDiffer()',
  'error StillSeated(address member)',
  'event SeatSet(address indexed member, uint128 units)',
  'event SeatRefused(address indexed member, uint128 units)',
]);

/** Superfluid's pool, as far as a split and a balance are read from it. */
export const GDA_POOL_ABI = parseAbi([
  'function getUnits(address member) view returns (uint128)',
  'function getTotalUnits() view returns (uint128)',
  'function getTotalAmountReceivedByMember(address member) view returns (uint256)',
  'function getClaimableNow(address member) view returns (int256 claimable, uint256 timestamp)',
]);

/** What a stream locks, as Superfluid's governance says. */
export const SUPERFLUID_ABI = parseAbi([
  'function getHost() view returns (address)',
  'function getGovernance() view returns (address)',
  'function getPPPConfig(address host, address token) view returns (uint256 liquidationPeriod, uint256 patricianPeriod)',
  'function getSuperTokenMinimumDeposit(address host, address token) view returns (uint256 value)',
]);

/** USDC and USDCx. */
export const TOKEN_ABI = parseAbi([
  'function balanceOf(address account) view returns (uint256)',
  'function name() view returns (string)',
  'function version() view returns (string)',
  'function mint(address to, uint256 value)',
  'function transfer(address to, uint256 value) returns (bool)',
  'function authorizationState(address from, bytes32 nonce) view returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
]);
