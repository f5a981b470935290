//! The proxy over HTTP, between real sockets: a client, a scripted server, and a real daemon.

mod rig;

mod approvals;
mod calls;
mod entrance;
mod headers;
mod hostile;
mod sessions;
mod streams;
