// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {IGdaForwarder, ISuperToken} from "./interfaces/ISuperfluid.sol";

/// @notice The member of a market pool that earns for seats nobody takes. Apart from the pool's admin, where roundings gather.
contract SuspenseAccount {
    address private immutable POOL;
    ISuperToken private immutable USDCX;

    error OnlyPool();

    constructor(ISuperToken usdcx) {
        POOL = msg.sender;
        USDCX = usdcx;
    }

    modifier onlyPool() {
        if (msg.sender != POOL) revert OnlyPool();
        _;
    }

    /// @notice From now on its balance grows by itself.
    function connect(IGdaForwarder gda, address gdaPool) external onlyPool {
        gda.connectPool(gdaPool, "");
    }

    function unwrap(address to, uint256 amount) external onlyPool {
        USDCX.downgradeTo(to, amount);
    }

    function send(address to, uint256 amount) external onlyPool {
        USDCX.transfer(to, amount);
    }
}
