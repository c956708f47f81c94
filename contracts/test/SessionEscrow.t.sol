// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {SessionEscrow} from "../src/SessionEscrow.sol";
import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {MarketTest} from "./MarketTest.sol";
import {Wallet1271} from "./Wallet1271.sol";

contract SessionEscrowTest is MarketTest {
    function test_is_no_larger_than_a_contract_may_be() public view {
        eq(address(escrow).code.length <= 24_576 ? 1 : 0, 1, "EIP-170");
    }

    function test_streams_to_every_seat_by_the_second_and_bills_by_receipts() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        eq(usdc.balanceOf(FEE_TO), FEE - BOUNTY, "opening fee");
        pass(30);
        uint256 streamed = uint256(RATE) * 30;
        for (uint256 i = 0; i < 3; i++) {
            eq(received(operators[i]), streamed * shares[i] / 10_000, "operator while it runs");
        }
        eq(received(TREASURY), streamed * 3000 / 10_000, "treasury while it runs");
        uint256 worth = streamed + 4e15;
        close(quote, worth);
        for (uint256 i = 0; i < 3; i++) {
            eq(received(operators[i]), worth * shares[i] / 10_000, "operator by receipts");
        }
        eq(usdc.balanceOf(payer), 1000e6 - 5e6 + (5e6 - FEE) - worth / 1e12, "refund");
        eq(usdc.balanceOf(FEE_TO), FEE, "fee and bounty");
        pass(1000);
        eq(received(operators[0]), worth * shares[0] / 10_000, "nothing after the end");
        eq(usdcx.balanceOf(escrow.vaultOf(quote)), 0, "vault");
    }

    function test_what_streamed_beyond_its_worth_is_not_taken_back() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        close(quote, 1);
        eq(received(TREASURY), uint256(RATE) * 10 * 3000 / 10_000, "treasury");
    }

    function test_opens_and_closes_once() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        uint256 until = escrow.sessionOf(escrow.keyOf(quote)).paidUntil;
        pass(5);
        begin(quote, payer, signed(quote));
        eq(escrow.sessionOf(escrow.keyOf(quote)).paidUntil, until, "opened once");
        close(quote, 1e16);
        uint256 balance = usdc.balanceOf(payer);
        close(quote, 1e16);
        begin(quote, payer, signed(quote));
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Closed), "closed");
        eq(usdc.balanceOf(payer), balance, "refunded once");
    }

    function test_a_quote_is_the_orchestrators_here_and_now() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        bytes memory ours = signed(quote);
        bytes memory theirs = signedBy(PAYER_KEY, escrow.keyOf(quote));
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        begin(quote, payer, theirs);
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        begin(quote, address(this), ours);
        ISessionEscrow.Quote memory dearer = quoteOf("s");
        dearer.maxRate += 1;
        fund(dearer, 5e6);
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        begin(dearer, payer, ours);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        begin(quote, payer, ours);
        vm.chainId(here);
        SessionEscrow other = newEscrow();
        usdc.mint(other.vaultOf(quote), 5e6);
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        vm.prank(orchestrator);
        other.open(quote, payer, ours);
        pass(301);
        vm.expectRevert(ISessionEscrow.QuoteExpired.selector);
        begin(quote, payer, ours);
    }

    /// Receipts of an open session are worth no more than its seconds allow: opened just before it is settled, it would be worth nothing.
    function test_a_payer_who_knows_the_signature_opens_nothing() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        bytes memory signature = signed(quote);
        vm.prank(payer);
        vm.expectRevert(ISessionEscrow.NotOrchestrator.selector);
        escrow.open(quote, payer, signature);
        settle(quote, 1e16);
        eq(received(TREASURY), 3e15, "and so what was computed is paid");
    }

    function test_a_quote_that_cannot_be_kept_is_not_opened() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        bytes memory signature = signed(quote);
        vm.expectRevert(ISessionEscrow.Underfunded.selector);
        begin(quote, payer, signature);
        // Fee, buffer of ten minutes, and grace: the stream could not run for a second.
        fund(quote, FEE + (LIQUIDATION_SECONDS + GRACE) * RATE / 1e12);
        vm.expectRevert(ISessionEscrow.Underfunded.selector);
        begin(quote, payer, signature);
        ISessionEscrow.Quote memory free = quoteOf("free");
        free.fee = BOUNTY - 1;
        fund(free, 5e6);
        signature = signed(free);
        vm.expectRevert(ISessionEscrow.BadQuote.selector);
        begin(free, payer, signature);
    }

    function test_a_payment_that_somebody_else_sent_counts_all_the_same() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        ISessionEscrow.Authorization memory a = authorize(quote, 5e6);
        usdc.transferWithAuthorization(
            payer, escrow.vaultOf(quote), a.value, a.validAfter, a.validBefore, a.nonce, a.signature
        );
        escrow.fund(quote, payer, a);
        begin(quote, payer, signed(quote));
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Open), "open");
    }

    function test_a_contract_account_pays_and_is_refunded() public {
        Wallet1271 wallet = new Wallet1271(payer);
        usdc.mint(address(wallet), 10e6);
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.payer = address(wallet);
        ISessionEscrow.Authorization memory a = ISessionEscrow.Authorization(5e6, 0, type(uint40).max, "w", "");
        bytes32 digest = transferDigest(address(wallet), escrow.vaultOf(quote), a);
        a.signature = bytes.concat(signedBy(PAYER_KEY, digest), bytes32(0));
        escrow.fund(quote, address(wallet), a);
        begin(quote, address(wallet), signed(quote));
        pass(10);
        close(quote, 0);
        eq(usdc.balanceOf(address(wallet)), 10e6 - FEE - 10 * RATE / 1e12, "refund");
    }

    function test_a_payer_who_is_not_known_yet_is_named_at_the_opening() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.payer = address(0);
        fund(quote, 5e6);
        bytes memory unnamed = signed(quote);
        vm.expectRevert(ISessionEscrow.QuoteNotSigned.selector);
        begin(quote, payer, unnamed);
        ISessionEscrow.Quote memory named = quoteOf("s");
        begin(quote, payer, signed(named));
        close(quote, 0);
        eq(usdc.balanceOf(payer), 1000e6 - FEE, "refund");
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.reclaimFunding(quote, payer);
    }

    function test_who_paid_for_a_quote_without_a_name_has_it_back_without_the_orchestrator() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.payer = address(0);
        fund(quote, 5e6);
        fund(quote, 2e6);
        vm.expectPartialRevert(ISessionEscrow.TooEarly.selector);
        escrow.reclaimFunding(quote, payer);
        pass(301);
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.reclaimFunding(quote, address(this));
        escrow.reclaimFunding(quote, payer);
        eq(usdc.balanceOf(payer), 1000e6, "refund");
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.reclaimFunding(quote, payer);
    }

    function test_what_was_sent_past_fund_goes_back_too_after_others_had_theirs() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.payer = address(0);
        fund(quote, 5e6);
        address other = address(0xBEEF);
        usdc.mint(escrow.vaultOf(quote), 2e6);
        pass(301);
        escrow.reclaimFunding(quote, payer);
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.reclaim(quote, other);
        vm.prank(orchestrator);
        escrow.reclaim(quote, other);
        eq(usdc.balanceOf(other), 2e6, "named by the orchestrator");
        eq(usdc.balanceOf(payer), 1000e6, "and the other one has its own");
    }

    function test_what_never_opened_goes_back() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        vm.expectPartialRevert(ISessionEscrow.TooEarly.selector);
        escrow.reclaim(quote, payer);
        vm.expectRevert(ISessionEscrow.PayerUnknown.selector);
        escrow.reclaim(quote, address(this));
        pass(301);
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), 1000e6, "whole");
        bytes memory signature = signed(quote);
        begin(quote, payer, signature);
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Closed), "not opened again");
        fund(quote, 3e6);
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), 1000e6, "what came late as well");
    }

    function test_the_orchestrator_gives_back_at_once() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        vm.prank(orchestrator);
        escrow.reclaim(quote, payer);
        eq(usdc.balanceOf(payer), 1000e6, "whole");
    }

    function test_a_pause_frees_the_buffer_and_streams_nothing() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        address vault = escrow.vaultOf(quote);
        pass(10);
        setRate(quote, 0);
        (, uint256 locked,,) = usdcx.realtimeBalanceOfNow(vault);
        eq(locked, 0, "buffer");
        pass(100);
        eq(received(TREASURY), uint256(RATE) * 10 * 3000 / 10_000, "paused");
        setRate(quote, MAX_RATE);
        pass(10);
        eq(escrow.paidOf(quote), uint256(RATE) * 10 + uint256(MAX_RATE) * 10, "paid");
        eq(received(TREASURY), escrow.paidOf(quote) * 3000 / 10_000, "resumed");
        vm.expectRevert(ISessionEscrow.NotOrchestrator.selector);
        escrow.setRate(quote, 0);
        vm.prank(orchestrator);
        vm.expectRevert(ISessionEscrow.RateTooHigh.selector);
        escrow.setRate(quote, MAX_RATE + 1);
    }

    function test_more_money_is_more_time() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 3e6);
        uint256 until = escrow.sessionOf(escrow.keyOf(quote)).paidUntil;
        pass(10);
        fund(quote, 1e6);
        escrow.topUp(quote);
        eq(escrow.sessionOf(escrow.keyOf(quote)).paidUntil, until + 1e6 * 1e12 / RATE, "later by what was paid");
        vm.expectRevert(ISessionEscrow.Underfunded.selector);
        escrow.topUp(quote);
        close(quote, 0);
        eq(usdc.balanceOf(payer), 1000e6 - FEE - 10 * RATE / 1e12, "refund");
    }

    function test_receipts_are_worth_no_more_than_time_and_deposit_allow() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 3e6);
        pass(10);
        vm.prank(orchestrator);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.WorthTooHigh.selector, uint256(MAX_RATE) * 10));
        escrow.close(quote, uint256(MAX_RATE) * 10 + 1);
        setRate(quote, 0);
        pass(7000);
        vm.prank(orchestrator);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.WorthTooHigh.selector, (3e6 - FEE) * 1e12));
        escrow.close(quote, 3e18);
    }

    function test_a_payer_stops_it_at_once_and_what_was_done_is_paid_still() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        vm.prank(payer);
        escrow.close(quote, 0);
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Stopped), "stopped");
        pass(100);
        uint256 worth = uint256(RATE) * 10 + 5e15;
        close(quote, worth);
        eq(received(TREASURY), worth * 3000 / 10_000, "by receipts");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - worth / 1e12, "refund");
    }

    function test_without_an_orchestrator_anybody_closes_what_was_stopped() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        vm.prank(payer);
        escrow.close(quote, 0);
        vm.expectPartialRevert(ISessionEscrow.TooEarly.selector);
        escrow.close(quote, 0);
        pass(SETTLE);
        escrow.close(quote, 1e18);
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Closed), "closed");
        eq(received(TREASURY), uint256(RATE) * 10 * 3000 / 10_000, "no more than streamed");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - 10 * RATE / 1e12, "refund");
        eq(usdc.balanceOf(address(this)), BOUNTY, "bounty");
    }

    function test_from_paid_until_on_anybody_stops_it_for_the_bounty() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 3e6);
        address vault = escrow.vaultOf(quote);
        uint256 until = escrow.sessionOf(escrow.keyOf(quote)).paidUntil;
        vm.warp(until - 1);
        vm.expectPartialRevert(ISessionEscrow.TooEarly.selector);
        escrow.close(quote, 0);
        vm.warp(until + GRACE - 1);
        (int256 available,,,) = usdcx.realtimeBalanceOfNow(vault);
        eq(available >= 0 ? 1 : 0, 1, "not critical in all of the grace");
        address keeper = address(0x1234);
        vm.prank(keeper);
        escrow.close(quote, 0);
        eq(usdc.balanceOf(keeper), BOUNTY, "bounty");
        eq(gda.getFlowDistributionFlowRate(address(usdcx), vault, address(gdaPool)) == 0 ? 1 : 0, 1, "flow is off");
        pass(SETTLE);
        escrow.close(quote, 0);
        eq(usdc.balanceOf(address(this)), 0, "one bounty");
    }

    function setRate(ISessionEscrow.Quote memory quote, uint96 rate) private {
        vm.prank(orchestrator);
        escrow.setRate(quote, rate);
    }
}
