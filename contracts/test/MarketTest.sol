// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {MarketPool} from "../src/MarketPool.sol";
import {SessionBook} from "../src/SessionBook.sol";
import {SessionEscrow} from "../src/SessionEscrow.sol";
import {TestUSDC} from "../src/TestUSDC.sol";
import {IERC3009} from "../src/interfaces/IERC3009.sol";
import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {IGdaForwarder, IGdaPool, ISuperToken} from "../src/interfaces/ISuperfluid.sol";
import {Vm} from "./Vm.sol";

interface IGdaPoolViews is IGdaPool {
    function getTotalAmountReceivedByMember(address member) external view returns (uint256);
}

/// @dev What only tests and strangers call of it.
interface IGdaForwarderFlows is IGdaForwarder {
    function distributeFlow(address token, address from, address pool, int96 rate, bytes calldata userData)
        external
        returns (bool success);
    function getFlowDistributionFlowRate(address token, address from, address pool) external view returns (int96);
}

/// @notice A market pool with three seats of 2,000, 2,000 and 3,000 units and a treasury of 3,000, on Superfluid's own contracts: their
/// state is that of a local chain to which the deploy script has just deployed them.
abstract contract MarketTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant ORCHESTRATOR_KEY = 0x0c0;
    uint256 internal constant PAYER_KEY = 0xA11CE;
    uint256 internal constant LIQUIDATION_SECONDS = 600;
    uint64 internal constant BOUNTY = 20_000;
    uint64 internal constant FEE = 50_000;
    uint40 internal constant GRACE = 300;
    uint40 internal constant SETTLE = 600;
    /// @dev A tenth of a cent a second: $3.60 an hour.
    uint96 internal constant RATE = 1e15;
    uint96 internal constant MAX_RATE = 2e15;

    TestUSDC internal usdc;
    ISuperToken internal usdcx;
    IGdaForwarderFlows internal gda;
    SessionEscrow internal escrow;
    MarketPool internal pool;
    IGdaPoolViews internal gdaPool;
    address internal orchestrator;
    address internal payer;
    address internal constant OWNER = address(0x0111);
    address internal constant FEE_TO = address(0x0fee);
    address internal constant TREASURY = address(0x7777);
    address[3] internal operators = [address(0xA1), address(0xB2), address(0xC3)];
    uint128[3] internal shares = [uint128(2000), 2000, 3000];
    uint256 private _nonce;

    function setUp() public virtual {
        vm.loadAllocs("cache/superfluid.allocs.json");
        vm.warp(START);
        string memory json = vm.readFile("cache/superfluid.json");
        usdc = TestUSDC(vm.parseJsonAddress(json, ".usdc"));
        usdcx = ISuperToken(vm.parseJsonAddress(json, ".usdcx"));
        gda = IGdaForwarderFlows(vm.parseJsonAddress(json, ".gdaForwarder"));
        orchestrator = vm.addr(ORCHESTRATOR_KEY);
        payer = vm.addr(PAYER_KEY);
        escrow = newEscrow();
        pool = new MarketPool(escrow, TREASURY, 3000);
        gdaPool = IGdaPoolViews(pool.gdaPool());
        seatAll(shares);
        usdc.mint(payer, 1000e6);
    }

    function newEscrow() internal returns (SessionEscrow) {
        return new SessionEscrow(
            SessionBook.Settings({
                usdc: IERC3009(address(usdc)),
                usdcx: usdcx,
                gda: gda,
                owner: OWNER,
                orchestrator: orchestrator,
                feeTo: FEE_TO,
                bounty: BOUNTY,
                grace: GRACE,
                settleSeconds: SETTLE
            })
        );
    }

    function seatAll(uint128[3] memory units) internal {
        address[] memory members = new address[](3);
        uint128[] memory each = new uint128[](3);
        for (uint256 i = 0; i < 3; i++) {
            (members[i], each[i]) = (operators[i], units[i]);
        }
        vm.prank(orchestrator);
        pool.setSeats(members, each);
    }

    function seat(address member, uint128 units) internal {
        address[] memory members = new address[](1);
        uint128[] memory each = new uint128[](1);
        (members[0], each[0]) = (member, units);
        vm.prank(orchestrator);
        pool.setSeats(members, each);
    }

    function quoteOf(bytes32 id) internal view returns (ISessionEscrow.Quote memory) {
        return ISessionEscrow.Quote(id, payer, address(pool), RATE, MAX_RATE, FEE, 7200, uint40(block.timestamp + 300));
    }

    function signed(ISessionEscrow.Quote memory quote) internal returns (bytes memory) {
        return signedBy(ORCHESTRATOR_KEY, escrow.keyOf(quote));
    }

    function signedBy(uint256 key, bytes32 digest) internal returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function authorize(ISessionEscrow.Quote memory quote, uint256 value)
        internal
        returns (ISessionEscrow.Authorization memory authorization)
    {
        authorization = ISessionEscrow.Authorization(value, 0, type(uint40).max, bytes32(++_nonce), "");
        authorization.signature = signedBy(PAYER_KEY, transferDigest(payer, escrow.vaultOf(quote), authorization));
    }

    function transferDigest(address from, address to, ISessionEscrow.Authorization memory authorization)
        internal
        view
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 hash = keccak256(
            abi.encode(
                typeHash,
                from,
                to,
                authorization.value,
                authorization.validAfter,
                authorization.validBefore,
                authorization.nonce
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", usdc.DOMAIN_SEPARATOR(), hash));
    }

    function fund(ISessionEscrow.Quote memory quote, uint256 value) internal {
        escrow.fund(quote, payer, authorize(quote, value));
    }

    function open(ISessionEscrow.Quote memory quote, uint256 value) internal {
        fund(quote, value);
        begin(quote, payer, signed(quote));
    }

    function begin(ISessionEscrow.Quote memory quote, address payer_, bytes memory signature) internal {
        vm.prank(orchestrator);
        escrow.open(quote, payer_, signature);
    }

    function settle(ISessionEscrow.Quote memory quote, uint256 worth) internal {
        bytes memory signature = signed(quote);
        vm.prank(orchestrator);
        escrow.settle(quote, payer, signature, worth);
    }

    function settleSplit(ISessionEscrow.Quote memory quote, uint256 worth, uint128[3] memory units) internal {
        bytes memory signature = signed(quote);
        vm.prank(orchestrator);
        escrow.settleSplit(quote, payer, signature, worth, sharesOf(units));
    }

    function tickSplit(ISessionEscrow.Quote memory quote, uint256 worth, uint128[3] memory units) internal {
        vm.prank(orchestrator);
        escrow.tickSplit(quote, worth, sharesOf(units));
    }

    function closeSplit(ISessionEscrow.Quote memory quote, uint256 worth, uint128[3] memory units) internal {
        vm.prank(orchestrator);
        escrow.closeSplit(quote, worth, sharesOf(units));
    }

    function sharesOf(uint128[3] memory units) internal view returns (ISessionEscrow.Share[] memory each) {
        each = new ISessionEscrow.Share[](3);
        for (uint256 i = 0; i < 3; i++) {
            each[i] = ISessionEscrow.Share(operators[i], units[i]);
        }
    }

    function close(ISessionEscrow.Quote memory quote, uint256 worth) internal {
        vm.prank(orchestrator);
        escrow.close(quote, worth);
    }

    function pass(uint256 secondsLater) internal {
        vm.warp(block.timestamp + secondsLater);
    }

    function received(address member) internal view returns (uint256) {
        return gdaPool.getTotalAmountReceivedByMember(member);
    }

    /// @dev As member of the pool, and paid past it.
    function had(address member) internal view returns (uint256) {
        return received(member) + usdcx.balanceOf(member);
    }

    function stateOf(ISessionEscrow.Quote memory quote) internal view returns (ISessionEscrow.State) {
        return escrow.sessionOf(escrow.keyOf(quote)).state;
    }

    function eq(uint256 left, uint256 right, string memory what) internal pure {
        if (left != right) revert NotEqual(what, left, right);
    }

    /// @dev Moves of units round flows down by less than a wei a second and unit: what is lost goes to the pool's admin.
    function near(uint256 left, uint256 right, uint256 within, string memory what) internal pure {
        if (left > right + within || right > left + within) revert NotEqual(what, left, right);
    }

    error NotEqual(string what, uint256 left, uint256 right);
}
