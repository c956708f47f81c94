// SPDX-License-Identifier: MIT
pragma solidity ^0.8.26;

import {ISessionEscrow} from "./ISessionEscrow.sol";

/// @notice One market pool's split among its operators: units of one long-lived Superfluid pool, whose total never changes.
interface IMarketPool {
    /// @notice A member's units are what they are now. What seats give up or take goes to or comes from suspense.
    event SeatSet(address indexed member, uint128 units);
    /// @notice This address can have no seat: its units stay in suspense.
    event SeatRefused(address indexed member, uint128 units);
    /// @notice What suspense earned of this session went to its payer.
    event SuspenseReturned(bytes32 indexed session, address indexed payer, uint256 amount);
    /// @notice What suspense earned of this session went to an operator who was cleared.
    event SuspenseCleared(bytes32 indexed session, address indexed operator, uint256 amount);
    event DustSwept(address indexed to, uint256 amount);
    event CourtSet(address indexed court);

    /// @notice Only the orchestrator moves units.
    error NotOrchestrator();
    /// @notice Only the escrow that this pool belongs to.
    error NotEscrow();
    /// @notice Only whom the owner has made the court.
    error NotCourt();
    /// @notice Only the owner of the escrow.
    error NotOwner();
    /// @notice Each member has units, and the reverse.
    error LengthsDiffer();
    /// @notice Superfluid did not take its units away.
    error StillSeated(address member);
    /// @notice All seats together have at most what the treasury leaves.
    error TooManyUnits();
    /// @notice The treasury's part is below the whole.
    error BadShare();
    /// @notice The quote is of another pool.
    error OtherPool();
    /// @notice More than suspense earned of this session and has not paid yet.
    error BeyondSuspended(uint256 left);

    /// @notice Units of all members together, always.
    function TOTAL_UNITS() external view returns (uint128);

    /// @notice The Superfluid pool to which sessions stream.
    function gdaPool() external view returns (address);

    /// @notice Who earns for seats that nobody takes.
    function suspense() external view returns (address);

    function treasury() external view returns (address);

    /// @notice They never change.
    function treasuryUnits() external view returns (uint128);

    /// @notice Unit-seconds of suspense since this pool began.
    /// @dev A flow of r whose time began at i0 has given suspense r / TOTAL_UNITS * (integral - i0).
    function suspenseIntegral() external view returns (uint256);

    function suspenseUnits() external view returns (uint128);

    /// @notice Sets seats. Called in parts where they are many: one transaction takes some sixteen.
    function setSeats(address[] calldata members, uint128[] calldata units) external;

    /// @notice A session is over: what suspense earned of it goes back to its payer.
    /// @return returned what was moved, in 18 digits; 0 where it could not be, and it is tried again with `to`.
    function returnSuspended(bytes32 session, address payer, uint256 suspended) external returns (uint256 returned);

    /// @notice Pays an operator, who was cleared, of what suspense earned of a session that is not over yet.
    function payCleared(ISessionEscrow.Quote calldata quote, address operator, uint256 amount) external;

    /// @notice Sends what roundings have left with the pool's admin, which is this contract.
    function sweepDust(address to) external returns (uint256 amount);
}
