//! The attributes of the crate `syndic`, which re-exports them: what a function's text says becomes calls of
//! `syndic::__private`, where everything else is.
//!
//! Must never hold behaviour: it reads an attribute, checks it, and writes what stands around a function's body.

mod audited;
mod function;
mod governed;
mod options;

use proc_macro::TokenStream;

use crate::function::Function;
use crate::options::{Kind, Options};

/// Records every call of a function as an event of the audit trail, after it ran.
///
/// It goes on functions and methods, `async` or not, that return anything. Arguments are recorded under their names, by
/// `Serialize` where their type has it, else by `Debug`; `self` is not. An error and a panic are recorded and passed on,
/// a future that is dropped is recorded as cancelled. An error that says that something forbids the call is recorded as
/// not allowed (`syndic::AsRefused`).
///
/// | option | |
/// | --- | --- |
/// | `agent = "support"` | who acts; required |
/// | `version = "1.2"` | its version; else that of its profile |
/// | `action = "refund"` | what it does; else the function's name |
/// | `tool = "billing/refund"` | through which tool |
/// | `model = "…"` | the model; else that of its profile |
/// | `skip(a, b)`, `skip_all` | arguments that are not recorded |
/// | `redact(a)` | arguments of which only `"[redacted]"` is recorded |
/// | `result = false` | the result is not recorded |
/// | `result_chars = 2000` | after how many characters a result or an error is cut; 500 by default |
#[proc_macro_attribute]
pub fn audited(options: TokenStream, function: TokenStream) -> TokenStream {
    expand(Kind::Audited, options, function)
}

/// Asks whether a function may run, runs it only with a permit, and reports what became of it.
///
/// It goes on functions and methods, `async` or not, that return `Result<T, E>` where `E: From<syndic::Refused>`: what
/// is not allowed returns that error, and the body does not run. Arguments are the action's arguments, so each
/// implements `Serialize` or is left out with `skip`.
///
/// The options are those of `audited`, but `redact`, and `wait = "5m"`: for how long people are waited for where they
/// must approve. The action is one of the catalogue.
#[proc_macro_attribute]
pub fn governed(options: TokenStream, function: TokenStream) -> TokenStream {
    expand(Kind::Governed, options, function)
}

fn expand(kind: Kind, options: TokenStream, function: TokenStream) -> TokenStream {
    let read = || {
        let function = Function::read(kind, function.clone().into())?;
        let options = Options::read(kind, options.into())?;
        options.fit(&function)?;
        Ok(match kind {
            Kind::Audited => audited::expand(&options, &function),
            Kind::Governed => governed::expand(&options, &function),
        })
    };
    match read() {
        Ok(expanded) => expanded.into(),
        Err(error) => {
            // The function stays, so that what calls it is not an error too.
            let error: syn::Error = error;
            let mut told: TokenStream = error.to_compile_error().into();
            told.extend(function);
            told
        }
    }
}
