//! Calls that people must approve, on every rung of the ladder, with a vote cast while a client waits.

mod office;

mod page;
mod question;
mod task;
mod waiting;
