// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {MarketTest} from "./MarketTest.sol";

/// @notice Sums: in both modes, for any times, and to the wei.
contract SessionBookTest is MarketTest {
    function test_ticks_wrap_what_is_due_and_lock_nothing() public {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        quote.rate = 0;
        open(quote, 1e6);
        address vault = escrow.vaultOf(quote);
        pass(20);
        eq(usdcx.balanceOf(vault), 0, "nothing is wrapped");
        vm.prank(orchestrator);
        escrow.tick(quote, 1e16);
        eq(received(TREASURY), 3e15, "treasury");
        close(quote, 2e16);
        eq(received(TREASURY), 6e15, "treasury at the end");
        eq(usdc.balanceOf(payer), 1000e6 - FEE - 20_000, "refund");
    }

    function testFuzz_ticks_and_stream_pay_the_same(uint64 worthOf, uint16 secondsOf) public {
        uint256 secondsOpen = 10 + uint256(secondsOf) % 1000;
        uint256 streamed = secondsOpen * RATE;
        uint256 worth = streamed + uint256(worthOf) % (secondsOpen * (MAX_RATE - RATE));
        ISessionEscrow.Quote memory stream = quoteOf("stream");
        ISessionEscrow.Quote memory ticks = quoteOf("ticks");
        ticks.rate = 0;
        uint256[3] memory had;
        uint256 before = vm.snapshotState();
        open(stream, 10e6);
        pass(secondsOpen);
        close(stream, worth);
        for (uint256 i = 0; i < 3; i++) {
            had[i] = received(operators[i]);
        }
        vm.revertToState(before);
        open(ticks, 10e6);
        pass(secondsOpen);
        close(ticks, worth);
        for (uint256 i = 0; i < 3; i++) {
            uint256 now_ = received(operators[i]);
            // 1e-6 USDC, of 18 digits.
            uint256 off = now_ > had[i] ? now_ - had[i] : had[i] - now_;
            eq(off < 1e12 ? 0 : off, 0, "the same");
        }
    }

    function testFuzz_every_wei_is_somewhere(uint32 pay, uint16 first, uint16 second, uint64 worthOf, uint8 who)
        public
    {
        ISessionEscrow.Quote memory quote = quoteOf("s");
        uint256 value = 2e6 + uint256(pay) % 500e6;
        open(quote, value);
        uint256 until = escrow.sessionOf(escrow.keyOf(quote)).paidUntil - START;
        uint256 firstSeconds = uint256(first) % (until / 2);
        pass(firstSeconds);
        uint256 left = until - firstSeconds;
        seat(operators[1], 0);
        pass(uint256(second) % left);
        if (who % 3 == 0) {
            vm.prank(payer);
            escrow.close(quote, 0);
        }
        uint256 most = uint256(MAX_RATE)
            * (escrow.sessionOf(escrow.keyOf(quote)).state == ISessionEscrow.State.Open
                    ? block.timestamp - START
                    : escrow.sessionOf(escrow.keyOf(quote)).since - START);
        uint256 paidIn = (value - FEE) * 1e12;
        if (most > paidIn) most = paidIn;
        close(quote, most == 0 ? 0 : uint256(worthOf) % most);
        uint256 members = received(TREASURY);
        for (uint256 i = 0; i < 3; i++) {
            members += received(operators[i]);
        }
        uint256 dust = usdcx.balanceOf(escrow.vaultOf(quote)) + usdcx.balanceOf(address(pool));
        uint256 suspense = usdcx.balanceOf(pool.suspense());
        uint256 refund = usdc.balanceOf(payer) + value - 1000e6;
        eq(members + suspense + dust + (refund + FEE) * 1e12, value * 1e12, "conservation");
        eq(suspense < 1e12 ? 0 : suspense, 0, "suspense gave all of it back");
        eq(dust < 1e12 + 1e6 ? 0 : dust, 0, "dust");
    }
}
