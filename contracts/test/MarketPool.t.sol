// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {MarketPool} from "../src/MarketPool.sol";
import {SuspenseAccount} from "../src/SuspenseAccount.sol";
import {IMarketPool} from "../src/interfaces/IMarketPool.sol";
import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {MarketTest} from "./MarketTest.sol";

contract MarketPoolTest is MarketTest {
    address private constant NEXT = address(0xD4);

    function test_units_move_and_their_total_never_changes() public {
        eq(gdaPool.getTotalUnits(), 10_000, "seated");
        seat(operators[0], 0);
        eq(gdaPool.getTotalUnits(), 10_000, "one left");
        eq(pool.suspenseUnits(), 2000, "suspense takes its units");
        eq(gdaPool.getUnits(TREASURY), 3000, "the treasury gains nothing");
        seat(NEXT, 2000);
        eq(pool.suspenseUnits(), 0, "a successor takes them");
        eq(gdaPool.getTotalUnits(), 10_000, "total");
    }

    function test_what_a_missing_seat_earns_goes_back_to_that_payer() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        seat(operators[0], 0);
        pass(20);
        seat(NEXT, 2000);
        pass(30);
        uint256 suspended = uint256(RATE) * 20 * 2000 / 10_000;
        eq(escrow.suspendedOf(quote), suspended, "of twenty seconds");
        eq(received(operators[0]), uint256(RATE) * 10 * 2000 / 10_000, "who left");
        near(received(NEXT), uint256(RATE) * 30 * 2000 / 10_000, 1e9, "who came");
        near(received(TREASURY), uint256(RATE) * 60 * 3000 / 10_000, 1e9, "treasury, as ever");
        uint256 worth = uint256(RATE) * 60;
        close(quote, worth);
        near(usdc.balanceOf(payer), 1000e6 - FEE - (worth - suspended) / 1e12, 1, "refund");
    }

    function test_receipts_of_an_epoch_are_paid_under_its_units() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        uint256 worth = uint256(RATE) * 10 + 5e15;
        vm.prank(orchestrator);
        escrow.tick(quote, worth);
        seat(operators[0], 0);
        seat(NEXT, 2000);
        eq(received(operators[0]), worth * 2000 / 10_000, "its whole work");
        pass(10);
        close(quote, worth + uint256(RATE) * 10 + 3e15);
        eq(received(operators[0]), worth * 2000 / 10_000, "and none of another one's");
        near(received(NEXT), (uint256(RATE) * 10 + 3e15) * 2000 / 10_000, 1e9, "nor the reverse");
    }

    function test_sessions_share_suspense_and_each_has_its_own_back() public {
        ISessionEscrow.Quote memory one = quoteOf("one");
        ISessionEscrow.Quote memory two = quoteOf("two");
        two.rate = MAX_RATE;
        open(one, 5e6);
        pass(10);
        seat(operators[2], 0);
        open(two, 9e6);
        pass(10);
        eq(escrow.suspendedOf(one), uint256(RATE) * 10 * 3000 / 10_000, "one");
        eq(escrow.suspendedOf(two), uint256(MAX_RATE) * 10 * 3000 / 10_000, "two");
        uint256 had = usdc.balanceOf(payer);
        close(one, 0);
        eq(usdc.balanceOf(payer) - had, 5e6 - FEE - (uint256(RATE) * 20 - uint256(RATE) * 3) / 1e12, "refund of one");
        pass(10);
        had = usdc.balanceOf(payer);
        close(two, 0);
        eq(usdc.balanceOf(payer) - had, 9e6 - FEE - uint256(MAX_RATE) * 20 * 7 / 10 / 1e12, "refund of two");
    }

    function test_what_was_rounded_away_in_suspense_keeps_nobodys_money() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        seat(operators[0], 0);
        pass(20);
        SuspenseAccount suspense = SuspenseAccount(pool.suspense());
        vm.prank(address(pool));
        suspense.send(address(0xD1), 7);
        close(quote, 0);
        uint256 suspended = uint256(RATE) * 20 * 2000 / 10_000;
        eq(escrow.suspendedOf(quote), suspended, "what it should have");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - (uint256(RATE) * 20 - suspended) / 1e12 - 1, "what is there");
    }

    function test_an_address_that_can_have_no_seat_holds_nobody_up() public {
        seat(operators[0], 0);
        address[5] memory refused = [address(gdaPool), address(0), TREASURY, pool.suspense(), address(pool)];
        for (uint256 i = 0; i < refused.length; i++) {
            address[] memory members = new address[](2);
            uint128[] memory units = new uint128[](2);
            (members[0], units[0]) = (refused[i], 1000);
            (members[1], units[1]) = (NEXT, 1000);
            vm.prank(orchestrator);
            pool.setSeats(members, units);
            eq(gdaPool.getUnits(NEXT), 1000, "the other one is seated");
            eq(pool.suspenseUnits(), 1000, "the refused one's stay in suspense");
            eq(gdaPool.getUnits(TREASURY), 3000, "the treasury has its own");
            eq(gdaPool.getTotalUnits(), 10_000, "total");
            seat(NEXT, 0);
        }
    }

    function test_seats_are_the_orchestrators_and_within_the_whole() public {
        address[] memory members = new address[](1);
        uint128[] memory units = new uint128[](1);
        (members[0], units[0]) = (NEXT, 1);
        vm.expectRevert(IMarketPool.NotOrchestrator.selector);
        pool.setSeats(members, units);
        vm.startPrank(orchestrator);
        vm.expectRevert(IMarketPool.TooManyUnits.selector);
        pool.setSeats(members, units);
        vm.expectRevert(IMarketPool.LengthsDiffer.selector);
        pool.setSeats(members, new uint128[](2));
        vm.stopPrank();
        vm.expectRevert(IMarketPool.BadShare.selector);
        new MarketPool(escrow, TREASURY, 10_000);
    }

    function test_an_operator_who_is_cleared_is_paid_out_of_suspense_and_the_payer_has_the_rest() public {
        address court = address(0xC0);
        vm.prank(OWNER);
        pool.setCourt(court);
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        seat(operators[0], 0);
        pass(20);
        uint256 suspended = uint256(RATE) * 20 * 2000 / 10_000;
        vm.expectRevert(IMarketPool.NotCourt.selector);
        pool.payCleared(quote, operators[0], suspended);
        vm.startPrank(court);
        vm.expectRevert(abi.encodeWithSelector(IMarketPool.BeyondSuspended.selector, suspended));
        pool.payCleared(quote, operators[0], suspended + 1);
        pool.payCleared(quote, operators[0], suspended / 4);
        vm.stopPrank();
        eq(usdcx.balanceOf(operators[0]), suspended / 4, "cleared");
        close(quote, 0);
        eq(usdc.balanceOf(payer), 1000e6 - FEE - (uint256(RATE) * 20 - suspended * 3 / 4) / 1e12, "refund");
        vm.prank(court);
        vm.expectRevert(abi.encodeWithSelector(IMarketPool.BeyondSuspended.selector, 0));
        pool.payCleared(quote, operators[0], 1);
    }

    function test_only_the_escrow_returns_and_only_its_owner_sweeps() public {
        vm.expectRevert(IMarketPool.NotEscrow.selector);
        pool.returnSuspended("s", payer, 1);
        vm.expectRevert(IMarketPool.NotOwner.selector);
        pool.sweepDust(address(this));
        vm.expectRevert(IMarketPool.NotOwner.selector);
        pool.setCourt(address(this));
    }
}
