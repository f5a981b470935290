//! What stands around the body of an audited function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt as _;

use crate::function::Function;
use crate::options::{Options, Treated};

pub(crate) fn expand(options: &Options, function: &Function) -> TokenStream {
    let callee = callee(options, function);
    let arguments = arguments(options, function);
    let described = described(options);
    let run = function.run();
    let (caught, ended) = if function.is_async() {
        (
            quote! { ::syndic::__private::caught_async(#run).await },
            quote! { __syndic_call.end_async(__syndic_ended).await },
        )
    } else {
        (quote! { ::syndic::__private::caught(#run) }, quote! { __syndic_call.end(__syndic_ended) })
    };
    function.with(&quote! {
        #callee
        let __syndic_call = ::syndic::__private::Call::begin(&__SYNDIC_CALLEE, |__syndic_args| {
            #arguments
        });
        let __syndic_out = #caught;
        let __syndic_ended = __syndic_call.ended(&__syndic_out, |__syndic_returned| #described);
        #ended;
        ::syndic::__private::pass_on(__syndic_out)
    })
}

/// What is known before the function is called.
pub(crate) fn callee(options: &Options, function: &Function) -> TokenStream {
    let Options { agent, result_chars, wait, .. } = options;
    let name = LitStr::new(&function.name().unraw().to_string(), function.name().span());
    let action = options.action.as_ref().unwrap_or(&name);
    let [version, tool, model] =
        [&options.version, &options.tool, &options.model].map(|text| match text {
            Some(text) => quote!(::core::option::Option::Some(#text)),
            None => quote!(::core::option::Option::None),
        });
    quote! {
        static __SYNDIC_CALLEE: ::syndic::__private::Callee =
            ::syndic::__private::Callee::new(::syndic::__private::Named {
                agent: #agent,
                version: #version,
                action: #action,
                tool: #tool,
                model: #model,
                result_chars: #result_chars,
                wait_s: #wait,
            });
    }
}

fn arguments(options: &Options, function: &Function) -> TokenStream {
    let put = function.arguments.iter().filter_map(|argument| {
        let name = LitStr::new(&argument.unraw().to_string(), argument.span());
        match options.treats(argument) {
            Treated::Skipped => None,
            Treated::Redacted => Some(quote! { __syndic_args.redacted(#name); }),
            Treated::Recorded => Some(quote_spanned! { argument.span() =>
                (&&&::syndic::__private::Shown(&#argument)).syndic_way().put(
                    __syndic_args,
                    #name,
                    &#argument,
                );
            }),
        }
    });
    quote! {
        #[allow(unused_imports, reason = "which of them is used is up to the arguments")]
        use ::syndic::__private::{ByDebug as _, ByNothing as _, BySerialize as _};
        #(#put)*
    }
}

/// Says how a call ended by what it returned.
pub(crate) fn described(options: &Options) -> TokenStream {
    let result = if options.result {
        quote! {
            (&&&::syndic::__private::Answered(__syndic_value)).syndic_answer().text(
                __syndic_value,
                &__SYNDIC_CALLEE,
            )
        }
    } else {
        quote!({
            let _ = __syndic_value;
            ::core::option::Option::None
        })
    };
    quote! {{
        #[allow(unused_imports, reason = "which of them is used is up to what is returned")]
        use ::syndic::__private::{
            AnswerByDebug as _, AnswerByNothing as _, AnswerBySerialize as _, ErrorAsIs as _,
            ErrorByDebug as _, ErrorByDisplay as _, ErrorByNothing as _, ErrorBySource as _,
            ErrorOfAnyhow as _, ErrorOfBox as _, Fallible as _, Infallible as _,
        };
        let (__syndic_ok, __syndic_error) =
            (&&::syndic::__private::Returned(__syndic_returned)).syndic_kind().split(__syndic_returned);
        if let ::core::option::Option::Some(__syndic_error) = __syndic_error {
            (&&&&&&&::syndic::__private::Failed(__syndic_error))
                .syndic_failure()
                .told(__syndic_error, &__SYNDIC_CALLEE)
        } else {
            ::syndic::__private::Ended::Ok(match __syndic_ok {
                ::core::option::Option::Some(__syndic_value) => #result,
                ::core::option::Option::None => ::core::option::Option::None,
            })
        }
    }}
}
