// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

/// @notice Deploys by CREATE2 and calls what it has deployed: addresses depend on salt and code alone, and contracts that make whoever
/// deploys them their owner can be set up.
contract Deployer {
    address public immutable OWNER;

    error OnlyOwner();
    error DeployFailed();

    constructor(address owner) {
        OWNER = owner;
    }

    modifier onlyOwner() {
        if (msg.sender != OWNER) revert OnlyOwner();
        _;
    }

    /// @notice What is there already stays.
    function deploy(bytes32 salt, bytes memory code) external onlyOwner returns (address made) {
        made = addressOf(salt, keccak256(code));
        if (made.code.length > 0) return made;
        assembly ("memory-safe") {
            made := create2(0, add(code, 32), mload(code), salt)
        }
        if (made == address(0)) revert DeployFailed();
    }

    /// @notice Reverts with what the callee reverts with.
    function call(address to, bytes calldata data) external onlyOwner returns (bytes memory answer) {
        bool isDone;
        (isDone, answer) = to.call(data);
        if (!isDone) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    function addressOf(bytes32 salt, bytes32 codeHash) public view returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, codeHash)))));
    }
}
