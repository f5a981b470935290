//! The HTTP server: who asks, what for, and how it reads on the wire.
//!
//! Must never touch the ledger's files, SQL or Cedar: everything goes through the gate.

mod app;
mod auth;
mod body;
mod connection;
mod listen;
mod pages;
mod problem;
mod routes;
mod streams;
mod tls;
mod traced;
mod web;

pub use app::openapi;
pub use listen::{BindError, Bound, Listen, Tls, bind};
