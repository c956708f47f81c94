// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {Deployer} from "../src/Deployer.sol";
import {TestUSDC} from "../src/TestUSDC.sol";
import {Vm} from "./Vm.sol";

contract Owned {
    address public immutable OWNER = msg.sender;
    uint256 public value;

    error NotOwner();

    function set(uint256 value_) external {
        if (msg.sender != OWNER) revert NotOwner();
        value = value_;
    }
}

contract DeployerTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function test_an_address_depends_on_salt_and_code_alone_and_what_is_there_stays() public {
        Deployer deployer = new Deployer(address(this));
        bytes memory code = type(TestUSDC).creationCode;
        address expected = deployer.addressOf("a", keccak256(code));
        require(deployer.deploy("a", code) == expected, "where it was said");
        TestUSDC(expected).mint(address(1), 7);
        require(deployer.deploy("a", code) == expected, "again");
        require(TestUSDC(expected).balanceOf(address(1)) == 7, "as it was");
        require(deployer.deploy("b", code) != expected, "another salt");
    }

    function test_it_sets_up_what_it_owns_and_says_what_failed() public {
        Deployer deployer = new Deployer(address(this));
        Owned owned = Owned(deployer.deploy("a", type(Owned).creationCode));
        deployer.call(address(owned), abi.encodeCall(Owned.set, (7)));
        require(owned.value() == 7, "set");
        vm.expectRevert(Owned.NotOwner.selector);
        owned.set(8);
        vm.expectRevert(Deployer.DeployFailed.selector);
        deployer.deploy("c", hex"fe");
        vm.prank(address(1));
        vm.expectRevert(Deployer.OnlyOwner.selector);
        deployer.deploy("d", type(Owned).creationCode);
        vm.prank(address(1));
        vm.expectRevert(Deployer.OnlyOwner.selector);
        deployer.call(address(owned), "");
        Deployer other = new Deployer(address(this));
        vm.expectRevert(Owned.NotOwner.selector);
        other.call(address(owned), abi.encodeCall(Owned.set, (9)));
    }
}
