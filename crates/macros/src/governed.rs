//! What stands around the body of a governed function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;

use crate::audited::{callee, described};
use crate::function::Function;
use crate::options::{Options, Treated};

pub(crate) fn expand(options: &Options, function: &Function) -> TokenStream {
    let callee = callee(options, function);
    let arguments = arguments(options, function);
    let described = described(options);
    let run = function.run();
    let returns = function.returns();
    let refused = quote_spanned! { function.output().span() =>
        return ::syndic::__private::refuse::<#returns>(*__syndic_refused)
    };
    let (asked, caught, reported) = if function.is_async() {
        (
            quote! { __syndic_asked.decide().await },
            quote! { ::syndic::__private::caught_async(__syndic_permit.within(#run)).await },
            quote! { __syndic_permit.report(__syndic_ended).await },
        )
    } else {
        (
            quote! { __syndic_asked.decide_blocking() },
            quote! { ::syndic::__private::caught(|| __syndic_permit.within_blocking(#run)) },
            quote! { __syndic_permit.report_blocking(__syndic_ended) },
        )
    };
    function.with(&quote! {
        #callee
        let __syndic_asked = ::syndic::__private::Asked::begin(&__SYNDIC_CALLEE, |__syndic_args| {
            #arguments
        });
        let __syndic_permit = match #asked {
            ::core::result::Result::Ok(__syndic_permit) => __syndic_permit,
            ::core::result::Result::Err(__syndic_refused) => #refused,
        };
        let __syndic_out = #caught;
        let __syndic_ended = ::syndic::__private::ended(&__syndic_out, |__syndic_returned| #described);
        #reported;
        ::syndic::__private::pass_on(__syndic_out)
    })
}

fn arguments(options: &Options, function: &Function) -> TokenStream {
    let put = function.arguments.iter().filter_map(|argument| {
        let name = LitStr::new(&argument.unraw().to_string(), argument.span());
        match options.treats(argument) {
            Treated::Skipped | Treated::Redacted => None,
            Treated::Recorded => Some(quote_spanned! { argument.span() =>
                ::syndic::__private::argument(__syndic_args, #name, &#argument);
            }),
        }
    });
    quote! { #(#put)* }
}
