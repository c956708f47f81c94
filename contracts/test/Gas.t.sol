// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {MarketPool} from "../src/MarketPool.sol";
import {ISessionEscrow} from "../src/interfaces/ISessionEscrow.sol";
import {IGdaPoolViews, MarketTest} from "./MarketTest.sol";

/// @notice What each step of a paid session costs, as a transaction of its own, with 1, 4 and 16 operators: in snapshots/.
contract GasTest is MarketTest {
    function test_gas_1_operator() public {
        measure(1, "operators-1");
    }

    function test_gas_4_operators() public {
        measure(4, "operators-4");
    }

    function test_gas_16_operators() public {
        measure(16, "operators-16");
    }

    function measure(uint256 count, string memory name) private {
        // The first fee of all costs more by a word of storage: this is any later one.
        usdc.mint(FEE_TO, 1);
        pool = new MarketPool(escrow, TREASURY, 3000);
        gdaPool = IGdaPoolViews(pool.gdaPool());
        (address[] memory members, uint128[] memory units) = ring(count, 0x5000);
        vm.prank(orchestrator);
        pool.setSeats(members, units);
        vm.snapshotGasLastCall(name, "seat all");

        ISessionEscrow.Quote memory quote = quoteOf("stream");
        ISessionEscrow.Authorization memory authorization = authorize(quote, 10e6);
        escrow.fund(quote, payer, authorization);
        vm.snapshotGasLastCall(name, "fund");
        bytes memory signature = signed(quote);
        begin(quote, payer, signature);
        vm.snapshotGasLastCall(name, "open");
        pass(10);
        step(quote, 0);
        vm.snapshotGasLastCall(name, "pause");
        pass(10);
        step(quote, RATE);
        vm.snapshotGasLastCall(name, "resume");
        pass(10);
        step(quote, MAX_RATE);
        vm.snapshotGasLastCall(name, "re-rate");
        pass(10);
        uint256 worth = escrow.paidOf(quote) + 1e15;
        vm.prank(orchestrator);
        escrow.tick(quote, worth);
        vm.snapshotGasLastCall(name, "pay up while it streams");
        pass(10);
        worth = escrow.paidOf(quote) + 1e15;
        close(quote, worth);
        vm.snapshotGasLastCall(name, "close");

        ISessionEscrow.Quote memory ticks = quoteOf("ticks");
        ticks.rate = 0;
        fund(ticks, 1e6);
        signature = signed(ticks);
        begin(ticks, payer, signature);
        vm.snapshotGasLastCall(name, "ticks: open");
        pass(10);
        close(ticks, 1e16);
        vm.snapshotGasLastCall(name, "ticks: close");
        measureSettling(members, units, name);

        (address[] memory others,) = ring(count, 0x6000);
        vm.prank(orchestrator);
        pool.setSeats(members, new uint128[](count));
        vm.snapshotGasLastCall(name, "empty all seats");
        vm.prank(orchestrator);
        pool.setSeats(others, units);
        vm.snapshotGasLastCall(name, "seat others");
    }

    function measureSettling(address[] memory members, uint128[] memory units, string memory name) private {
        ISessionEscrow.Share[] memory each = new ISessionEscrow.Share[](members.length);
        for (uint256 i = 0; i < members.length; i++) {
            each[i] = ISessionEscrow.Share(members[i], units[i]);
        }
        ISessionEscrow.Quote memory quote = quoteOf("settle");
        fund(quote, 1e6);
        settle(quote, 1e16);
        vm.snapshotGasLastCall(name, "settle");
        for (uint256 i = 0; i < 2; i++) {
            quote = quoteOf(i == 0 ? bytes32("split first") : bytes32("split next"));
            fund(quote, 1e6);
            bytes memory signature = signed(quote);
            vm.prank(orchestrator);
            escrow.settleSplit(quote, payer, signature, 1e16, each);
            vm.snapshotGasLastCall(name, i == 0 ? "settle, split, first time" : "settle, split");
        }
        quote = quoteOf("tick split");
        quote.rate = 0;
        open(quote, 1e6);
        pass(10);
        vm.prank(orchestrator);
        escrow.tickSplit(quote, 1e16, each);
        vm.snapshotGasLastCall(name, "ticks: pay up, split");

        quote = quoteOf("close split");
        open(quote, 10e6);
        pass(10);
        uint256 worth = escrow.paidOf(quote) + 1e15;
        vm.prank(orchestrator);
        escrow.closeSplit(quote, worth, each);
        vm.snapshotGasLastCall(name, "close, split");

        seat(members[0], units[0] / 2);
        quote = quoteOf("seat missing");
        fund(quote, 1e6);
        settle(quote, 1e16);
        vm.snapshotGasLastCall(name, "settle, a seat missing");
        seat(members[0], units[0]);
    }

    function step(ISessionEscrow.Quote memory quote, uint96 rate) private {
        vm.prank(orchestrator);
        escrow.setRate(quote, rate);
    }

    function ring(uint256 count, uint160 from) private pure returns (address[] memory members, uint128[] memory units) {
        members = new address[](count);
        units = new uint128[](count);
        for (uint256 i = 0; i < count; i++) {
            members[i] = address(from + uint160(i));
            units[i] = uint128(i == 0 ? 7000 - (7000 / count) * (count - 1) : 7000 / count);
        }
    }
}
