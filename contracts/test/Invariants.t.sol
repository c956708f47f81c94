// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {MarketTest} from "./MarketTest.sol";

/// @notice Does anything that anybody may do, in any order, on ten sessions of one pool.
contract MarketActor is MarketTest {
    ISessionEscrow.Quote[] public quotes;
    /// @dev USDC that was paid to each vault, and whether it was ever critical while it should not be.
    uint256 public paidIn;
    bool public wasCriticalEarly;
    uint256 private constant SESSIONS = 10;

    constructor() {
        setUp();
        usdc.mint(payer, 1e12);
        for (uint256 i = 0; i < SESSIONS; i++) {
            ISessionEscrow.Quote memory quote = quoteOf(bytes32(i));
            if (i >= SESSIONS - 2) quote.rate = 0;
            quote.openBefore = uint40(START + 50_000);
            quotes.push(quote);
        }
    }

    function pay(uint256 i, uint256 value) public {
        ISessionEscrow.Quote memory quote = quotes[i % SESSIONS];
        value = 1e5 + value % 20e6;
        fund(quote, value);
        paidIn += value;
    }

    function begin(uint256 i) external {
        i = fundedOf(i);
        begin(quotes[i], payer, signed(quotes[i]));
    }

    function settle(uint256 i, uint256 part) external {
        ISessionEscrow.Quote memory quote = quotes[fundedOf(i)];
        settle(quote, worthOfUnopened(quote, part));
    }

    function settleSplit(uint256 i, uint256 part, uint128 first, uint128 second) external {
        ISessionEscrow.Quote memory quote = quotes[fundedOf(i)];
        settleSplit(quote, worthOfUnopened(quote, part), splitOf(first, second));
    }

    function topUp(uint256 i, uint256 value) external {
        i = pick(i, ISessionEscrow.State.Open);
        pay(i, value);
        escrow.topUp(quotes[i]);
    }

    function rate(uint256 i, uint96 value) external {
        i = pick(i, ISessionEscrow.State.Open);
        vm.prank(orchestrator);
        escrow.setRate(quotes[i], value % (MAX_RATE + 1));
    }

    function tick(uint256 i, uint256 part) external {
        ISessionEscrow.Quote memory quote = quotes[pick(i, ISessionEscrow.State.Open)];
        uint256 worth = worthOf(quote, part);
        vm.prank(orchestrator);
        escrow.tick(quote, worth);
    }

    function tickSplit(uint256 i, uint256 part, uint128 first, uint128 second) external {
        ISessionEscrow.Quote memory quote = quotes[pick(i, ISessionEscrow.State.Open)];
        tickSplit(quote, worthOf(quote, part), splitOf(first, second));
    }

    function end(uint256 i, uint256 part, uint8 who) external {
        ISessionEscrow.Quote memory quote = quotes[pick(i, endable(part))];
        address[3] memory anybody = [orchestrator, payer, address(0x1234)];
        uint256 worth = worthOf(quote, part);
        vm.prank(anybody[who % 3]);
        escrow.close(quote, worth);
    }

    function endSplit(uint256 i, uint256 part, uint128 first, uint128 second) external {
        ISessionEscrow.Quote memory quote = quotes[pick(i, endable(part))];
        closeSplit(quote, worthOf(quote, part), splitOf(first, second));
    }

    function reclaim(uint256 i, uint8 who) external {
        address[3] memory anybody = [orchestrator, payer, address(0x1234)];
        vm.prank(anybody[who % 3]);
        escrow.reclaim(quotes[i % SESSIONS], payer);
    }

    /// @return the next one that is in this state; else any
    function pick(uint256 i, ISessionEscrow.State state) private view returns (uint256) {
        for (uint256 past = 0; past < SESSIONS; past++) {
            uint256 next = (i % SESSIONS + past) % SESSIONS;
            if (stateOf(quotes[next]) == state) return next;
        }
        return i % SESSIONS;
    }

    /// @return the next one that nothing was done with, and that has been paid
    function fundedOf(uint256 i) private returns (uint256) {
        i = pick(i, ISessionEscrow.State.None);
        if (usdc.balanceOf(escrow.vaultOf(quotes[i])) <= FEE) pay(i, i * 3e6);
        return i;
    }

    function endable(uint256 part) private pure returns (ISessionEscrow.State) {
        return part % 3 == 0 ? ISessionEscrow.State.Stopped : ISessionEscrow.State.Open;
    }

    function splitOf(uint128 first, uint128 second) private pure returns (uint128[3] memory) {
        return [first % 3001, second % 4001, 0];
    }

    function sit(uint8 i, uint128 units) external {
        seat(operators[i % 3], units % 3000);
    }

    function wait(uint16 secondsLater) external {
        // Keepers are at work: what may be closed by anybody is.
        for (uint256 i = 0; i < SESSIONS; i++) {
            ISessionEscrow.Session memory session = escrow.sessionOf(escrow.keyOf(quotes[i]));
            if (session.state != ISessionEscrow.State.Open || session.rate == 0) continue;
            uint256 until = uint256(session.paidUntil);
            if (block.timestamp + secondsLater % 200 > until + GRACE - 1) {
                vm.prank(address(0x1234));
                if (block.timestamp >= until) escrow.close(quotes[i], 0);
            }
        }
        pass(uint256(secondsLater) % 200);
        look();
    }

    function look() private {
        for (uint256 i = 0; i < SESSIONS; i++) {
            ISessionEscrow.Session memory session = escrow.sessionOf(escrow.keyOf(quotes[i]));
            if (session.state != ISessionEscrow.State.Open || session.rate == 0) continue;
            (int256 available,,,) = usdcx.realtimeBalanceOfNow(escrow.vaultOf(quotes[i]));
            if (available < 0 && block.timestamp < session.paidUntil) wasCriticalEarly = true;
        }
    }

    function worthOf(ISessionEscrow.Quote memory quote, uint256 part) private view returns (uint256) {
        ISessionEscrow.Session memory session = escrow.sessionOf(escrow.keyOf(quote));
        if (session.state == ISessionEscrow.State.None || session.state == ISessionEscrow.State.Closed) return 0;
        uint256 until = session.state == ISessionEscrow.State.Open ? block.timestamp : session.since;
        uint256 most = (until - session.openedAt) * MAX_RATE;
        uint256 there = uint256(session.deposit - FEE) * 1e12;
        if (most > there) most = there;
        return most * (part % 1001) / 1000;
    }

    function worthOfUnopened(ISessionEscrow.Quote memory quote, uint256 part) private view returns (uint256) {
        uint256 there = usdc.balanceOf(escrow.vaultOf(quote));
        uint256 most = there > FEE ? (there - FEE) * 1e12 : 0;
        if (most > uint256(MAX_RATE) * quote.maxSeconds) most = uint256(MAX_RATE) * quote.maxSeconds;
        return most * (part % 1001) / 1000;
    }

    /// @return everywhere all of it that can be found, USDCx
    /// @return dust of it, what no member, payer, or fee has
    function count() external view returns (uint256 everywhere, uint256 dust) {
        dust = usdcx.balanceOf(address(pool));
        uint256 held;
        for (uint256 i = 0; i < SESSIONS; i++) {
            address vault = escrow.vaultOf(quotes[i]);
            (int256 available, uint256 locked,,) = usdcx.realtimeBalanceOfNow(vault);
            held += uint256(available + int256(locked)) + usdc.balanceOf(vault) * 1e12;
        }
        uint256 members = had(TREASURY);
        for (uint256 i = 0; i < 3; i++) {
            members += had(operators[i]);
        }
        uint256 returned = usdc.balanceOf(payer) + paidIn - 1000e6 - 1e12;
        uint256 fees = usdc.balanceOf(FEE_TO) + usdc.balanceOf(address(0x1234));
        everywhere = held + members + usdcx.balanceOf(pool.suspense()) + dust + (returned + fees) * 1e12;
    }

    /// @return written what the escrow says that operators, treasury and suspense have had, less what suspense gave back
    /// @return there what they have, and what was rounded away
    function books() external view returns (uint256 written, uint256 there) {
        for (uint256 i = 0; i < SESSIONS; i++) {
            written += escrow.paidOf(quotes[i]);
            if (stateOf(quotes[i]) == ISessionEscrow.State.Closed) written -= escrow.suspendedOf(quotes[i]);
        }
        there = had(TREASURY) + usdcx.balanceOf(pool.suspense()) + usdcx.balanceOf(address(pool));
        for (uint256 i = 0; i < 3; i++) {
            there += had(operators[i]);
        }
    }

    function totalUnits() external view returns (uint256) {
        return gdaPool.getTotalUnits();
    }

    /// @notice Without orchestrator and payer, in time, everything is over and every vault is empty.
    function leaveToStrangers() external returns (uint256 left) {
        for (uint256 step = 0; step < 60; step++) {
            pass(GRACE / 2);
            for (uint256 i = 0; i < SESSIONS; i++) {
                ISessionEscrow.Session memory session = escrow.sessionOf(escrow.keyOf(quotes[i]));
                if (session.state != ISessionEscrow.State.Open || block.timestamp < session.paidUntil) continue;
                vm.prank(address(0x1234));
                escrow.close(quotes[i], 0);
            }
        }
        pass(100_000);
        for (uint256 round = 0; round < 2; round++) {
            for (uint256 i = 0; i < SESSIONS; i++) {
                ISessionEscrow.State state = stateOf(quotes[i]);
                vm.prank(address(0x1234));
                if (state == ISessionEscrow.State.None) escrow.reclaim(quotes[i], payer);
                else escrow.close(quotes[i], 0);
            }
            pass(SETTLE);
        }
        for (uint256 i = 0; i < SESSIONS; i++) {
            escrow.reclaim(quotes[i], payer);
            address vault = escrow.vaultOf(quotes[i]);
            left += usdc.balanceOf(vault) + usdcx.balanceOf(vault) / 1e12;
            if (stateOf(quotes[i]) != ISessionEscrow.State.Closed) left++;
        }
    }
}

contract Invariants {
    MarketActor private actor;
    address[] private targets;

    function setUp() public {
        actor = new MarketActor();
        targets.push(address(actor));
    }

    function targetContracts() public view returns (address[] memory) {
        return targets;
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory selected) {
        bytes4[] memory selectors = new bytes4[](13);
        selectors[0] = MarketActor.pay.selector;
        selectors[1] = bytes4(keccak256("begin(uint256)"));
        selectors[2] = bytes4(keccak256("topUp(uint256,uint256)"));
        selectors[3] = MarketActor.rate.selector;
        selectors[4] = MarketActor.tick.selector;
        selectors[5] = MarketActor.end.selector;
        selectors[6] = MarketActor.reclaim.selector;
        selectors[7] = MarketActor.sit.selector;
        selectors[8] = MarketActor.wait.selector;
        selectors[9] = bytes4(keccak256("settle(uint256,uint256)"));
        selectors[10] = bytes4(keccak256("settleSplit(uint256,uint256,uint128,uint128)"));
        selectors[11] = bytes4(keccak256("tickSplit(uint256,uint256,uint128,uint128)"));
        selectors[12] = MarketActor.endSplit.selector;
        selected = new FuzzSelector[](1);
        selected[0] = FuzzSelector(address(actor), selectors);
    }

    function invariant_the_money_is_right() public view {
        (uint256 everywhere,) = actor.count();
        require(everywhere == actor.paidIn() * 1e12, "every wei is somewhere");
        // Less than a millionth of a dollar of each session is not given back.
        (uint256 written, uint256 there) = actor.books();
        require(there + 1e9 >= written && there <= written + 10e12, "what is written is there");
        require(actor.totalUnits() == 10_000, "total units are constant");
        require(!actor.wasCriticalEarly(), "no vault is critical before it may be closed");
    }

    function afterInvariant() public {
        require(actor.leaveToStrangers() == 0, "every state has an exit without orchestrator or payer");
    }
}
