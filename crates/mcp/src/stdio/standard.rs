//! This process's standard input and output, read and written without a thread in between where they allow it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream as Socket;

use rustix::fs::{FileType, fstat};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;

/// Returns standard input.
pub(super) fn input() -> Box<dyn AsyncRead + Send + Unpin> {
    let end = io::stdin();
    if is(&end, FileType::Fifo)
        && let Ok(pipe) = pipe::OpenOptions::new().open_receiver(STDIN)
    {
        return Box::new(pipe);
    }
    if is(&end, FileType::Socket)
        && let Ok(socket) = socket(end.as_fd())
    {
        return Box::new(socket);
    }
    copied().unwrap_or_else(|_| Box::new(tokio::io::stdin()))
}

/// Has a thread copy standard input into a pipe: unlike the runtime's own it is left behind at the end, though it
/// waits for more.
fn copied() -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
    let (from, mut to) = io::pipe()?;
    drop(std::thread::Builder::new().spawn(move || io::copy(&mut io::stdin().lock(), &mut to))?);
    Ok(Box::new(pipe::Receiver::from_owned_fd(from.into())?))
}

/// Returns standard output.
pub(super) fn output() -> Box<dyn AsyncWrite + Send + Unpin> {
    let end = io::stdout();
    if is(&end, FileType::Fifo)
        && let Ok(pipe) = pipe::OpenOptions::new().open_sender(STDOUT)
    {
        return Box::new(pipe);
    }
    if is(&end, FileType::Socket)
        && let Ok(socket) = socket(end.as_fd())
    {
        return Box::new(socket);
    }
    Box::new(tokio::io::stdout())
}

/// By this name a pipe is opened anew, so that not to wait for it is nobody's but ours: standard error may be the same
/// pipe, and the child writes to that.
const STDIN: &str = "/proc/self/fd/0";
const STDOUT: &str = "/proc/self/fd/1";

fn is(end: impl AsFd, kind: FileType) -> bool {
    fstat(end).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == kind)
}

/// A socket cannot be opened anew: one that is standard error too stays as it is.
fn socket(end: BorrowedFd<'_>) -> io::Result<UnixStream> {
    let (own, errors) = (fstat(end)?, fstat(io::stderr())?);
    if (own.st_dev, own.st_ino) == (errors.st_dev, errors.st_ino) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let socket = Socket::from(end.try_clone_to_owned()?);
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}
