// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

/// @notice What these tests call of Foundry's cheat codes.
interface Vm {
    function loadAllocs(string calldata path) external;
    function readFile(string calldata path) external returns (string memory);
    function parseJsonAddress(string calldata json, string calldata key) external returns (address);
    function warp(uint256 timestamp) external;
    function chainId(uint256 id) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function addr(uint256 key) external returns (address);
    function sign(uint256 key, bytes32 digest) external returns (uint8 v, bytes32 r, bytes32 s);
    function expectRevert() external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata revertData) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
    function expectPartialRevert(bytes4 selector) external;
    function mockCallRevert(address callee, bytes calldata data, bytes calldata revertData) external;
    function clearMockedCalls() external;
    function assume(bool condition) external;
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gas);
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool);
}
