//! The function under an attribute. Its body is not looked at: what is wrong in it is told by the compiler, where it is.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Error, FnArg, Ident, Pat, ReturnType, Signature, Type, Visibility};

use crate::options::Kind;

/// See the module.
#[derive(Debug)]
pub(crate) struct Function {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: TokenStream,
    /// The names that its arguments bind.
    pub(crate) arguments: Vec<Ident>,
}

impl Function {
    pub(crate) fn read(kind: Kind, tokens: TokenStream) -> syn::Result<Self> {
        let whole = tokens.clone();
        let read = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            let signature: Signature = input.parse()?;
            let body = input.parse()?;
            Ok((attributes, visibility, signature, body))
        };
        let not = |error: &Error| {
            let name = kind.name();
            let told = format!("`#[{name}]` goes on a function with a body, `async` or not");
            if whole.is_empty() {
                Error::new(error.span(), told)
            } else {
                Error::new_spanned(&whole, told)
            }
        };
        let (attributes, visibility, signature, body): (_, _, Signature, TokenStream) =
            read.parse2(tokens).map_err(|error| not(&error))?;
        if body.to_string().trim() == ";" || body.is_empty() {
            return Err(not(&Error::new(signature.ident.span(), "")));
        }
        if let Some(word) = &signature.constness {
            let told = format!(
                "a function with `#[{}]` runs when the program does: take `const` away",
                kind.name()
            );
            return Err(Error::new_spanned(word, told));
        }
        let mut arguments = Vec::new();
        for argument in &signature.inputs {
            if let FnArg::Typed(typed) = argument {
                bound(&typed.pat, &mut arguments);
            }
        }
        Ok(Self { attributes, visibility, signature, body, arguments })
    }

    pub(crate) const fn name(&self) -> &Ident {
        &self.signature.ident
    }

    pub(crate) const fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }

    /// Writes the function with another body.
    pub(crate) fn with(&self, body: &TokenStream) -> TokenStream {
        let Self { attributes, visibility, signature, .. } = self;
        quote! { #(#attributes)* #visibility #signature { #body } }
    }

    /// Returns its type of return, as it can be written in its body: nothing where it is opaque.
    pub(crate) fn returns(&self) -> TokenStream {
        match &self.signature.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, returned) if is_opaque(&returned.to_token_stream()) => quote!(_),
            ReturnType::Type(_, returned) => returned.to_token_stream(),
        }
    }

    /// Returns the type of return for the place of an error.
    pub(crate) fn output(&self) -> TokenStream {
        match &self.signature.output {
            ReturnType::Default => self.name().to_token_stream(),
            ReturnType::Type(_, returned) => {
                let returned: &Type = returned;
                returned.to_token_stream()
            }
        }
    }

    /// Writes the body as what is run once: a future, or a closure.
    pub(crate) fn run(&self) -> TokenStream {
        let (body, returns) = (&self.body, self.returns());
        if self.is_async() {
            // What is never reached tells the compiler what the block returns, as a function's signature does.
            quote! {
                async move {
                    #[allow(
                        unreachable_code, clippy::all, clippy::pedantic, clippy::nursery,
                        reason = "it only names a type"
                    )]
                    if false {
                        let __syndic_returned: #returns = loop {};
                        return __syndic_returned;
                    }
                    #body
                }
            }
        } else if returns.to_string() == "_" {
            quote! { move || #body }
        } else {
            quote! { move || -> #returns #body }
        }
    }
}

/// Tells whether a type has `impl` in it.
fn is_opaque(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == "impl",
        proc_macro2::TokenTree::Group(group) => is_opaque(&group.stream()),
        proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Literal(_) => false,
    })
}

/// Collects the names that a pattern binds.
fn bound(pattern: &Pat, names: &mut Vec<Ident>) {
    if let Pat::Ident(named) = pattern {
        names.push(named.ident.clone());
        if let Some((_, inner)) = &named.subpat {
            bound(inner, names);
        }
    } else if let Pat::Tuple(tuple) = pattern {
        tuple.elems.iter().for_each(|inner| bound(inner, names));
    } else if let Pat::TupleStruct(tuple) = pattern {
        tuple.elems.iter().for_each(|inner| bound(inner, names));
    } else if let Pat::Struct(fields) = pattern {
        fields.fields.iter().for_each(|field| bound(&field.pat, names));
    } else if let Pat::Slice(slice) = pattern {
        slice.elems.iter().for_each(|inner| bound(inner, names));
    } else if let Pat::Reference(reference) = pattern {
        bound(&reference.pat, names);
    } else if let Pat::Paren(inner) = pattern {
        bound(&inner.pat, names);
    } else if let Pat::Type(typed) = pattern {
        bound(&typed.pat, names);
    }
}
