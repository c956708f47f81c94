// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {MarketTest} from "./MarketTest.sol";

/// @notice Receipts of one session, paid to who served it, whatever seats there are: others stream to these meanwhile.
contract SplitTest is MarketTest {
    uint256 private constant WORTH = 1e16;

    function test_pays_who_served_and_the_treasury_its_own_whatever_seats_there_are() public {
        seatAll([uint128(0), 0, 3000]);
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        settleSplit(quote, WORTH, [uint128(6000), 1000, 0]);
        eq(usdcx.balanceOf(operators[0]), WORTH * 6 / 10, "one");
        eq(usdcx.balanceOf(operators[1]), WORTH / 10, "two");
        eq(had(operators[2]), 0, "who has a seat and did not serve");
        eq(usdcx.balanceOf(TREASURY), WORTH * 3 / 10, "treasury");
        eq(usdc.balanceOf(FEE_TO), FEE, "fee");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - WORTH / 1e12, "refund");
        eq(gdaPool.getUnits(operators[2]), 3000, "no unit has moved");
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Closed), "closed");
    }

    function test_what_is_nobodys_goes_back_to_the_payer() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        settleSplit(quote, WORTH, [uint128(2000), 0, 1000]);
        eq(escrow.paidOf(quote), WORTH * 6 / 10, "paid");
        eq(escrow.suspendedOf(quote), 0, "nothing waits");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - WORTH * 6 / 10 / 1e12, "refund");
        eq(usdcx.balanceOf(TREASURY), WORTH * 3 / 10, "the treasury gains nothing");
    }

    function test_other_sessions_stream_on_to_the_wei() public {
        ISessionEscrow.Quote memory other = quoteOf("other");
        open(other, 9e6);
        pass(10);
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        settleSplit(quote, WORTH, [uint128(7000), 0, 0]);
        ISessionEscrow.Quote memory third = quoteOf("third");
        third.rate = 0;
        open(third, 5e6);
        pass(10);
        tickSplit(third, WORTH, [uint128(0), 7000, 0]);
        pass(10);
        for (uint256 i = 0; i < 3; i++) {
            eq(received(operators[i]), uint256(RATE) * 30 * shares[i] / 10_000, "by the second");
        }
        eq(usdcx.balanceOf(address(pool)), 0, "nothing was rounded");
    }

    function test_an_open_session_pays_up_to_who_served_it_and_closes_as_ever() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        uint256 streamed = uint256(RATE) * 10;
        tickSplit(quote, streamed + 4e15, [uint128(7000), 0, 0]);
        eq(had(operators[0]), streamed * 2 / 10 + 4e15 * 7 / 10, "who served");
        eq(had(operators[1]), streamed * 2 / 10, "what had streamed is not taken back");
        eq(had(TREASURY), (streamed + 4e15) * 3 / 10, "treasury");
        pass(10);
        uint256 worth = streamed * 2 + 5e15;
        tickSplit(quote, worth, [uint128(0), 2000, 0]);
        uint256 suspended = 1e15 * 5 / 10;
        eq(escrow.suspendedOf(quote), suspended, "what is nobody's waits for the end");
        close(quote, worth);
        eq(usdc.balanceOf(payer), 1000e6 - FEE - (worth - suspended) / 1e12, "refund");
    }

    function test_a_stream_ends_with_the_rest_of_its_worth_to_who_served_it() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        uint256 streamed = uint256(RATE) * 10;
        uint256 worth = streamed + 5e15;
        closeSplit(quote, worth, [uint128(1000), 0, 4000]);
        eq(had(operators[0]), streamed * 2 / 10 + 5e14, "one");
        eq(had(operators[1]), streamed * 2 / 10, "who had its seat alone");
        eq(had(operators[2]), streamed * 3 / 10 + 2e15, "three");
        eq(had(TREASURY), streamed * 3 / 10 + 15e14, "treasury");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - (streamed + 4e15) / 1e12, "what is nobody's is the payer's");
        eq(usdc.balanceOf(FEE_TO), FEE, "fee and bounty");
        eq(uint256(stateOf(quote)), uint256(ISessionEscrow.State.Closed), "closed");
        eq(usdcx.balanceOf(escrow.vaultOf(quote)), 0, "vault");
        closeSplit(quote, worth * 2, [uint128(7000), 0, 0]);
        eq(had(operators[0]), streamed * 2 / 10 + 5e14, "once");
    }

    function test_what_a_payer_stopped_is_paid_to_who_served_it() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        open(quote, 5e6);
        pass(10);
        vm.prank(payer);
        escrow.close(quote, 0);
        vm.mockCallRevert(address(usdc), abi.encodeWithSignature("transfer(address,uint256)", payer), "blacklisted");
        uint256 worth = uint256(RATE) * 10 + 5e15;
        closeSplit(quote, worth, [uint128(7000), 0, 0]);
        eq(had(operators[0]), uint256(RATE) * 2 + 35e14, "though its payer cannot receive");
        address other = address(0x5afe);
        vm.prank(payer);
        escrow.fetch(quote, other);
        eq(usdc.balanceOf(other), 5e6 - FEE - worth / 1e12, "fetched elsewhere");
    }

    function test_a_member_that_cannot_be_paid_holds_nobody_up() public {
        address[3] memory refused = [address(0), pool.suspense(), operators[0]];
        ISessionEscrow.Share[] memory each = new ISessionEscrow.Share[](3);
        for (uint256 i = 0; i < 3; i++) {
            each[i] = ISessionEscrow.Share(refused[i], 2000);
        }
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        bytes memory signature = signed(quote);
        vm.prank(orchestrator);
        escrow.settleSplit(quote, payer, signature, WORTH, each);
        eq(usdcx.balanceOf(operators[0]), WORTH * 2 / 10, "the other one is paid");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - WORTH / 2 / 1e12, "and the payer's");
    }

    function test_shares_are_the_orchestrators_and_within_the_whole() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.rate = 0;
        fund(quote, 5e6);
        bytes memory signature = signed(quote);
        ISessionEscrow.Share[] memory each = sharesOf([uint128(7000), 0, 1]);
        vm.expectRevert(ISessionEscrow.NotOrchestrator.selector);
        escrow.settleSplit(quote, payer, signature, WORTH, each);
        vm.startPrank(orchestrator);
        vm.expectRevert(ISessionEscrow.TooManyUnits.selector);
        escrow.settleSplit(quote, payer, signature, WORTH, each);
        vm.expectRevert(ISessionEscrow.NoShares.selector);
        escrow.settleSplit(quote, payer, signature, WORTH, new ISessionEscrow.Share[](0));
        escrow.open(quote, payer, signature);
        vm.expectRevert(ISessionEscrow.AlreadyOpen.selector);
        escrow.settleSplit(quote, payer, signature, WORTH, each);
        pass(10);
        vm.expectRevert(ISessionEscrow.TooManyUnits.selector);
        escrow.tickSplit(quote, WORTH, each);
        vm.expectRevert(ISessionEscrow.NoShares.selector);
        escrow.tickSplit(quote, WORTH, new ISessionEscrow.Share[](0));
        each[2].units = 0;
        escrow.tickSplit(quote, WORTH, each);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.WorthTooHigh.selector, uint256(MAX_RATE) * 10));
        escrow.tickSplit(quote, 1e18, each);
        vm.expectRevert(ISessionEscrow.NoShares.selector);
        escrow.closeSplit(quote, WORTH, new ISessionEscrow.Share[](0));
        vm.stopPrank();
        vm.expectRevert(ISessionEscrow.NotOrchestrator.selector);
        escrow.tickSplit(quote, WORTH, each);
        vm.prank(payer);
        vm.expectRevert(ISessionEscrow.NotOrchestrator.selector);
        escrow.closeSplit(quote, WORTH, each);
    }

    function test_millionths_are_cut_off_so_that_together_they_have_all_of_it() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        // Eleven millionths: 3.3 of the treasury, and 2.2, 2.2 and 3.3 of the others.
        settleSplit(quote, 11e12, shares);
        eq(had(TREASURY), 3e12, "treasury");
        eq(had(operators[0]), 2e12, "one, up to 5.5");
        eq(had(operators[1]), 2e12, "two, up to 7.7");
        eq(had(operators[2]), 4e12, "three, up to 11");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - 11, "payer");
    }

    function testFuzz_a_split_like_the_seats_pays_what_seats_are_paid(uint64 worthOf, uint128 left) public {
        uint128[3] memory units = [uint128(2000), left % 2001, 3000];
        seatAll(units);
        uint256 worth = uint256(worthOf) % 4e18;
        uint256[4] memory seated;
        address[4] memory members = [operators[0], operators[1], operators[2], TREASURY];
        ISessionEscrow.Quote memory quote = quoteOf("s");
        fund(quote, 5e6);
        uint256 before = vm.snapshotState();
        settle(quote, worth);
        for (uint256 i = 0; i < 4; i++) {
            seated[i] = had(members[i]);
        }
        uint256 refund = usdc.balanceOf(payer);
        vm.revertToState(before);
        settleSplit(quote, worth, units);
        for (uint256 i = 0; i < 4; i++) {
            near(had(members[i]), seated[i], 1e12 - 1, "to a millionth of a dollar");
        }
        near(usdc.balanceOf(payer), refund, 2, "and the payer");
    }

    function testFuzz_every_wei_is_somewhere(uint32 pay, uint64 worthOf, uint128 first, uint128 second, uint8 how)
        public
    {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        uint256 value = 2e6 + uint256(pay) % 500e6;
        uint128[3] memory units = [first % 5001, second % 2001, 0];
        uint256 most = (value - FEE) * 1e12;
        if (how % 3 > 0) {
            if (how % 2 == 0) quote.rate = 0;
            open(quote, value);
            pass(50);
            if (most > uint256(MAX_RATE) * 50) most = uint256(MAX_RATE) * 50;
            uint256 worth = uint256(worthOf) % (most + 1);
            if (how % 3 == 1) tickSplit(quote, worth / 2, units);
            closeSplit(quote, worth, [uint128(7000) - units[0], 0, 0]);
        } else {
            fund(quote, value);
            if (most > uint256(MAX_RATE) * quote.maxSeconds) most = uint256(MAX_RATE) * quote.maxSeconds;
            settleSplit(quote, uint256(worthOf) % (most + 1), units);
        }
        uint256 members = had(TREASURY);
        for (uint256 i = 0; i < 3; i++) {
            members += had(operators[i]);
        }
        uint256 dust = usdcx.balanceOf(escrow.vaultOf(quote)) + usdcx.balanceOf(address(pool));
        uint256 suspense = usdcx.balanceOf(pool.suspense());
        uint256 refund = usdc.balanceOf(payer) + value - 1000e6;
        eq(members + suspense + dust + (refund + FEE) * 1e12, value * 1e12, "conservation");
        eq(suspense < 1e12 ? 0 : suspense, 0, "suspense gave all of it back");
        eq(dust < 1e12 ? 0 : dust, 0, "dust");
    }
}
