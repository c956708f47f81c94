// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A contract account whose signatures are longer than 65 bytes (ERC-1271): its owner's, and a word.
contract Wallet1271 {
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        bool isOwners = signature.length == 97 && ECDSA.recover(digest, signature[:65]) == OWNER;
        return isOwners ? this.isValidSignature.selector : bytes4(0);
    }
}
