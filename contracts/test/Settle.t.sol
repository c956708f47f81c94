// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {MarketTest} from "./MarketTest.sol";

/// @notice Sessions that end without having been opened: one transaction after the payment.
contract SettleTest is MarketTest {
    event Owed(bytes32 indexed key, address indexed payer);

    uint256 private constant WORTH = 12_345_678_901_230_000;

    function test_pays_by_receipts_and_refunds_in_one_transaction() public {
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        settle(quote, WORTH);
        for (uint256 i = 0; i < 3; i++) {
            eq(received(operators[i]), WORTH * shares[i] / 10_000, "operator");
        }
        eq(received(TREASURY), WORTH * 3000 / 10_000, "treasury");
        eq(usdc.balanceOf(FEE_TO), FEE, "the whole fee, at once");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - WORTH / 1e12 - 1, "refund");
        ISessionEscrow.Session memory session = escrow.sessionOf(escrow.keyOf(quote));
        eq(uint256(session.state), uint256(ISessionEscrow.State.Closed), "closed");
        eq(session.deposit, 5e6, "deposit");
        eq(escrow.paidOf(quote), WORTH, "paid");
        eq(usdc.balanceOf(escrow.vaultOf(quote)), 0, "vault");
        eq(usdcx.balanceOf(escrow.vaultOf(quote)), 1e12 - WORTH % 1e12, "less than a millionth of a dollar stays");
        pass(1000);
        eq(received(TREASURY), WORTH * 3000 / 10_000, "nothing streams");
    }

    function test_what_was_worth_nothing_goes_back_less_the_fee() public {
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        settle(quote, 0);
        eq(usdc.balanceOf(payer), 1000e6 - FEE, "refund");
        eq(usdcx.balanceOf(escrow.vaultOf(quote)), 0, "nothing was wrapped");
    }

    function test_settles_once_and_nothing_is_opened_of_it() public {
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        bytes memory signature = signed(quote);
        settle(quote, WORTH);
        uint256 balance = usdc.balanceOf(payer);
        settle(quote, WORTH);
        settle(quote, 2 * WORTH);
        close(quote, 2 * WORTH);
        begin(quote, payer, signature);
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Closed), "closed");
        eq(usdc.balanceOf(payer), balance, "refunded once");
        eq(received(TREASURY), WORTH * 3000 / 10_000, "paid once");
        vm.prank(orchestrator);
        vm.expectRevert(ISessionEscrow.NotOpen.selector);
        escrow.tick(quote, 2 * WORTH);
        fund(quote, 3e6);
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), balance, "what came late goes back");
    }

    function test_what_was_opened_is_closed_and_not_settled() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        bytes memory signature = signed(quote);
        vm.prank(orchestrator);
        vm.expectRevert(ISessionEscrow.AlreadyOpen.selector);
        escrow.settle(quote, payer, signature, 0);
        vm.prank(payer);
        escrow.close(quote, 0);
        vm.prank(orchestrator);
        vm.expectRevert(ISessionEscrow.AlreadyOpen.selector);
        escrow.settle(quote, payer, signature, 0);
    }

    function test_what_was_given_back_is_settled_no_more() public {
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        vm.prank(orchestrator);
        escrow.reclaim(quote, payer);
        settle(quote, WORTH);
        eq(received(TREASURY), 0, "nobody was paid");
        eq(usdc.balanceOf(payer), 1000e6, "whole");
    }

    function test_only_the_orchestrator_settles_what_it_signed_in_time() public {
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        bytes memory ours = signed(quote);
        bytes memory theirs = signedBy(PAYER_KEY, escrow.keyOf(quote));
        address[2] memory others = [payer, address(0x1234)];
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(others[i]);
            vm.expectRevert(ISessionEscrow.NotOrchestrator.selector);
            escrow.settle(quote, payer, ours, WORTH);
        }
        vm.startPrank(orchestrator);
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        escrow.settle(quote, payer, theirs, WORTH);
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.settle(quote, address(this), ours, WORTH);
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.settle(quote, address(0), ours, WORTH);
        vm.warp(quote.openBefore + 1);
        vm.expectRevert(ISessionEscrow.QuoteExpired.selector);
        escrow.settle(quote, payer, ours, WORTH);
        vm.warp(quote.openBefore);
        escrow.settle(quote, payer, ours, WORTH);
        vm.stopPrank();
        eq(received(TREASURY), WORTH * 3000 / 10_000, "at the last second");
    }

    function test_what_was_not_paid_for_is_not_settled() public {
        ISessionEscrow.Quote memory quote = funded("s", FEE);
        bytes memory signature = signed(quote);
        vm.prank(orchestrator);
        vm.expectRevert(ISessionEscrow.Underfunded.selector);
        escrow.settle(quote, payer, signature, 0);
    }

    function test_is_worth_no_more_than_the_quote_and_the_deposit_allow() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.maxSeconds = 60;
        fund(quote, 5e6);
        bytes memory signature = signed(quote);
        uint256 most = uint256(MAX_RATE) * 60;
        vm.prank(orchestrator);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.WorthTooHigh.selector, most));
        escrow.settle(quote, payer, signature, most + 1);
        settle(quote, most);
        eq(received(TREASURY), most * 3000 / 10_000, "by time");
        ISessionEscrow.Quote memory poor = funded("t", 1e6);
        signature = signed(poor);
        most = (1e6 - FEE) * 1e12;
        vm.prank(orchestrator);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.WorthTooHigh.selector, most));
        escrow.settle(poor, payer, signature, most + 1);
        uint256 balance = usdc.balanceOf(payer);
        settle(poor, most);
        eq(usdc.balanceOf(payer), balance, "nothing is left");
    }

    function test_a_payer_cannot_take_it_back_while_its_answer_is_computed() public {
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        address[2] memory others = [payer, address(0x1234)];
        vm.warp(quote.openBefore);
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.TooEarly.selector, quote.openBefore));
            escrow.reclaim(quote, payer);
        }
        uint256 before = vm.snapshotState();
        settle(quote, WORTH);
        eq(received(TREASURY), WORTH * 3000 / 10_000, "who computed it is paid");
        vm.revertToState(before);
        vm.warp(quote.openBefore + 1);
        vm.prank(payer);
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), 1000e6, "whole, where nobody settled in time");
    }

    function test_seats_that_nobody_takes_cost_the_payer_nothing() public {
        seat(operators[0], 0);
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        settle(quote, WORTH);
        uint256 suspended = WORTH * 2000 / 10_000;
        eq(escrow.suspendedOf(quote), suspended, "suspended");
        near(usdc.balanceOf(payer), 1000e6 - FEE - (WORTH - suspended) / 1e12, 2, "refund");
        near(usdcx.balanceOf(pool.suspense()), 0, 1e12, "suspense keeps nothing");
        eq(received(TREASURY), WORTH * 3000 / 10_000, "treasury, as ever");
    }

    function test_a_payer_who_cannot_receive_holds_nobody_up() public {
        seat(operators[0], 0);
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        vm.mockCallRevert(address(usdc), abi.encodeWithSignature("transfer(address,uint256)", payer), "blacklisted");
        bytes32 key = escrow.keyOf(quote);
        bytes memory signature = signed(quote);
        vm.expectEmit(true, true, true, true, address(escrow));
        emit Owed(key, payer);
        vm.prank(orchestrator);
        escrow.settle(quote, payer, signature, WORTH);
        eq(received(operators[1]), WORTH * 2000 / 10_000, "operators are paid");
        vm.expectRevert(ISessionEscrow.NotPayer.selector);
        escrow.fetch(quote, address(this));
        address other = address(0x5afe);
        vm.prank(payer);
        escrow.fetch(quote, other);
        near(usdc.balanceOf(other), 5e6 - FEE - WORTH * 8 / 10 / 1e12, 2, "fetched elsewhere, with what suspense had");
        vm.clearMockedCalls();
        uint256 had_ = usdc.balanceOf(payer);
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), had_, "once");
    }

    function test_no_bounty_is_needed_and_a_fee_that_nobody_can_receive_is_the_payers() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.fee = BOUNTY - 1;
        fund(quote, 5e6);
        settle(quote, 0);
        eq(usdc.balanceOf(FEE_TO), BOUNTY - 1, "less than a bounty");
        ISessionEscrow.Quote memory free = quoteOf("free");
        free.fee = 0;
        fund(free, 5e6);
        settle(free, 0);
        eq(usdc.balanceOf(payer), 1000e6 - (BOUNTY - 1), "or nothing");
        vm.mockCallRevert(address(usdc), abi.encodeWithSignature("transfer(address,uint256)", FEE_TO), "blacklisted");
        settle(funded("t", 5e6), 0);
        eq(usdc.balanceOf(payer), 1000e6 - (BOUNTY - 1), "it stays with the payer");
    }

    function test_a_payer_who_is_not_known_yet_is_named_when_it_is_settled() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.payer = address(0);
        fund(quote, 5e6);
        bytes memory unnamed = signed(quote);
        bytes memory named = signed(quoteOf("s"));
        vm.startPrank(orchestrator);
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        escrow.settle(quote, payer, unnamed, WORTH);
        escrow.settle(quote, payer, named, WORTH);
        vm.stopPrank();
        eq(usdc.balanceOf(payer), 1000e6 - FEE - WORTH / 1e12 - 1, "refund");
        pass(301);
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.reclaimFunding(quote, payer);
    }

    function test_what_a_stranger_sent_there_wrapped_changes_nothing() public {
        ISessionEscrow.Quote memory quote = funded("s", 5e6);
        usdc.mint(address(this), 1e6);
        usdc.approve(address(usdcx), 1e6);
        usdcx.upgrade(1e18);
        usdcx.transfer(escrow.vaultOf(quote), 1e18);
        settle(quote, WORTH);
        eq(received(TREASURY), WORTH * 3000 / 10_000, "treasury");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - WORTH / 1e12 - 1, "refund");
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), 1000e6 - FEE - WORTH / 1e12 - 1 + 1e6, "the payer's, in the end");
    }

    function testFuzz_settle_and_stream_pay_the_same(uint64 worthOf, uint16 secondsOf) public {
        uint256 secondsOpen = 10 + uint256(secondsOf) % 1000;
        uint256 streamed = secondsOpen * RATE;
        uint256 worth = streamed + uint256(worthOf) % (secondsOpen * (MAX_RATE - RATE));
        uint256[4] memory streaming;
        address[4] memory members = [operators[0], operators[1], operators[2], TREASURY];
        uint256 before = vm.snapshotState();
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 10e6);
        pass(secondsOpen);
        close(quote, worth);
        for (uint256 i = 0; i < 4; i++) {
            streaming[i] = received(members[i]);
        }
        uint256 refund = usdc.balanceOf(payer);
        vm.revertToState(before);
        settle(funded("s", 10e6), worth);
        for (uint256 i = 0; i < 4; i++) {
            near(received(members[i]), streaming[i], 1e12 - 1, "to a millionth of a dollar");
        }
        near(usdc.balanceOf(payer), refund, 1, "the payer as well");
    }

    function testFuzz_every_wei_is_somewhere(uint32 pay, uint64 worthOf, uint128 left, uint64 fee) public {
        seat(operators[2], left % 3001);
        ISessionEscrow.Quote memory quote = quoteOf("s");
        uint256 value = 1 + uint256(pay) % 900e6;
        quote.fee = uint64(fee % value);
        fund(quote, value);
        uint256 most = (value - quote.fee) * 1e12;
        if (most > uint256(MAX_RATE) * quote.maxSeconds) most = uint256(MAX_RATE) * quote.maxSeconds;
        settle(quote, uint256(worthOf) % (most + 1));
        uint256 members = received(TREASURY);
        for (uint256 i = 0; i < 3; i++) {
            members += received(operators[i]);
        }
        uint256 dust = usdcx.balanceOf(escrow.vaultOf(quote)) + usdcx.balanceOf(address(pool));
        uint256 suspense = usdcx.balanceOf(pool.suspense());
        uint256 refund = usdc.balanceOf(payer) + value - 1000e6;
        eq(members + suspense + dust + (refund + quote.fee) * 1e12, value * 1e12, "conservation");
        eq(suspense < 1e12 ? 0 : suspense, 0, "suspense gave all of it back");
        eq(dust < 1e12 ? 0 : dust, 0, "dust");
    }

    function funded(bytes32 id, uint256 value) private returns (ISessionEscrow.Quote memory quote) {
        quote = quoteOf(id);
        fund(quote, value);
    }
}
