// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {MarketPool} from "../src/MarketPool.sol";
import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {IGdaPoolViews, MarketTest} from "./MarketTest.sol";

/// @notice The holes that an earlier design had, each by its name (docs/PAYMENTS.md): what was drawn there cannot be drawn here.
contract HolesTest is MarketTest {
    /// A stranger opened with a pool of his own, and streamed a lent reserve to himself.
    function test_hole_ungated_open() public {
        ISessionEscrow.Quote memory quote = quoteOf("mine");
        quote.pool = address(this);
        fund(quote, 5e6);
        bytes memory signature = signed(quoteOf("mine"));
        vm.expectRevert(ISessionEscrow.NotOrchestrator.selector);
        escrow.open(quote, payer, signature);
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        begin(quote, payer, signature);
    }

    /// Thirty deposits of 8 cents locked a reserve of $1,000: buffers were lent.
    function test_hole_drained_reserve() public {
        for (uint256 i = 0; i < 30; i++) {
            ISessionEscrow.Quote memory quote = quoteOf(bytes32(i));
            uint256 needed = FEE + (LIQUIDATION_SECONDS + GRACE + 2) * RATE / 1e12;
            open(quote, needed);
            (, uint256 locked,,) = usdcx.realtimeBalanceOfNow(escrow.vaultOf(quote));
            eq(locked > needed * 1e12 ? 1 : 0, 0, "more is locked than was paid in");
        }
        eq(usdcx.balanceOf(address(escrow)) + usdc.balanceOf(address(escrow)), 0, "the escrow holds nothing to drain");
    }

    /// Members of a dissolved coalition were streamed to for as long as a session ran.
    function test_hole_leaving_members_still_streamed_to() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        seatAll([uint128(0), 0, 0]);
        pass(100);
        for (uint256 i = 0; i < 3; i++) {
            eq(received(operators[i]), uint256(RATE) * 10 * shares[i] / 10_000, "nothing since it left");
        }
    }

    /// The end reverted where the payer could not receive, and members drew $3.99 for $1.
    function test_hole_blacklisted_payer_keeps_the_flow() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        vm.mockCallRevert(address(usdc), abi.encodeWithSignature("transfer(address,uint256)", payer), "blacklisted");
        close(quote, uint256(RATE) * 10);
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Closed), "closed");
        int96 flow = gda.getFlowDistributionFlowRate(address(usdcx), escrow.vaultOf(quote), address(gdaPool));
        eq(flow == 0 ? 0 : 1, 0, "flow");
        pass(1000);
        eq(received(TREASURY), uint256(RATE) * 10 * 3000 / 10_000, "nothing since");
        vm.expectRevert(ISessionEscrow.NotPayer.selector);
        escrow.fetch(quote, address(this));
        address other = address(0x5afe);
        vm.prank(payer);
        escrow.fetch(quote, other);
        eq(usdc.balanceOf(other), 5e6 - FEE - 10 * RATE / 1e12, "fetched elsewhere");
        vm.clearMockedCalls();
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), 1000e6 - 5e6, "once");
    }

    /// Roundings gathered with the pool's admin, for good.
    function test_hole_money_stuck_at_the_pool_admin() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        for (uint256 i = 0; i < 20; i++) {
            pass(7);
            seat(operators[i % 3], 0);
            pass(7);
            seat(operators[i % 3], shares[i % 3]);
        }
        // A stranger's gift that no unit takes whole stays with the admin as well.
        usdc.mint(address(this), 1e6);
        usdc.approve(address(usdcx), 1e6);
        usdcx.upgrade(1e18);
        usdcx.transfer(address(pool), 12_345);
        uint256 dust = usdcx.balanceOf(address(pool));
        vm.prank(OWNER);
        eq(pool.sweepDust(address(0xD1)), dust, "swept");
        eq(usdcx.balanceOf(address(0xD1)), dust, "all of it");
        close(quote, 0);
    }

    /// With all seats gone the treasury had everything.
    function test_hole_treasury_gains_by_a_missing_seat() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        seatAll([uint128(0), 0, 0]);
        pass(100);
        near(received(TREASURY), uint256(RATE) * 100 * 3000 / 10_000, 1e9, "its share and no more");
        close(quote, uint256(RATE) * 100);
        near(usdc.balanceOf(payer), 1000e6 - FEE - uint256(RATE) * 30 / 1e12, 1, "seats that nobody had cost nothing");
    }

    /// A payer stopped it in the block that opened it and read on until that was heard: receipts of no seconds were worth nothing.
    function test_hole_a_payer_who_stops_it_at_once_has_what_was_computed_for_nothing() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        vm.prank(payer);
        escrow.close(quote, 0);
        pass(20);
        uint256 worth = uint256(RATE) * 20;
        close(quote, worth);
        eq(received(TREASURY), worth * 3000 / 10_000, "by receipts");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - worth / 1e12, "refund");
    }

    /// What comes later than its time to be said is worth no more by that.
    function test_receipts_of_what_was_stopped_are_worth_no_more_for_being_late() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        vm.prank(payer);
        escrow.close(quote, 0);
        pass(5 * SETTLE);
        uint256 most = uint256(MAX_RATE) * SETTLE;
        vm.prank(orchestrator);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.WorthTooHigh.selector, most));
        escrow.close(quote, most + 1);
        close(quote, most);
    }

    /// A pool without a treasury had no unit for a moment when its one seat was taken over: Superfluid gave the stream to its admin.
    function test_hole_a_pool_without_a_treasury_streams_to_its_admin() public {
        pool = new MarketPool(escrow, TREASURY, 0);
        gdaPool = IGdaPoolViews(pool.gdaPool());
        seat(operators[0], 10_000);
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        address[] memory members = new address[](2);
        uint128[] memory units = new uint128[](2);
        (members[0], members[1]) = (operators[0], operators[1]);
        units[1] = 10_000;
        vm.prank(orchestrator);
        pool.setSeats(members, units);
        eq(gdaPool.getTotalUnits(), 10_000, "units");
        pass(100);
        near(received(operators[1]), uint256(RATE) * 100, 1e9, "its successor's");
        eq(usdcx.balanceOf(address(pool)) < 1e9 ? 1 : 0, 1, "not the admin's");
        close(quote, 0);
    }

    /// Nobody ended a flow for a day: it ran on for more than was paid in, and suspense had most of it.
    function test_a_flow_that_nobody_ended_returns_no_more_than_was_paid_in() public {
        ISessionEscrow.Quote memory late = quoteOf("late");
        ISessionEscrow.Quote memory other = quoteOf("other");
        open(late, 2e6);
        open(other, 200e6);
        seatAll([uint128(0), 0, 0]);
        pass(86_400);
        uint256 most = (2e6 - FEE) * 1e12;
        eq(escrow.paidOf(late) == most && escrow.suspendedOf(late) <= most ? 1 : 0, 1, "nor is more said to be");
        uint256 had = usdc.balanceOf(payer);
        close(late, 0);
        eq(usdc.balanceOf(payer) - had <= 2e6 - FEE ? 1 : 0, 1, "no more than was paid in");
    }

    /// A vault that went critical and was ended by a stranger: nobody else's money pays for it.
    function test_a_session_that_was_liquidated_touches_no_other() public {
        ISessionEscrow.Quote memory late = quoteOf("late");
        ISessionEscrow.Quote memory other = quoteOf("other");
        open(late, FEE + (LIQUIDATION_SECONDS + GRACE + 100) * RATE / 1e12);
        open(other, 20e6);
        seat(operators[0], 0);
        uint256 until = escrow.sessionOf(escrow.keyOf(late)).paidUntil;
        vm.warp(until + GRACE + 30);
        address vault = escrow.vaultOf(late);
        vm.prank(address(0xbad));
        gda.distributeFlow(address(usdcx), vault, address(gdaPool), 0, "");
        pass(1000);
        uint256 suspended = escrow.suspendedOf(other);
        close(late, 0);
        eq(usdcx.balanceOf(pool.suspense()) >= suspended ? 1 : 0, 1, "what is the other one's is there");
        uint256 had = usdc.balanceOf(payer);
        uint256 open_ = block.timestamp - START;
        close(other, 0);
        eq(usdc.balanceOf(payer) - had, 20e6 - FEE - (open_ * RATE - suspended) / 1e12, "refund of the other");
    }
}
