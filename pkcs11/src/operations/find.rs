//! C_FindObjects: finds the objects that match a template.

use std::collections::VecDeque;
use std::sync::Arc;

use cryptoki_sys::*;

use super::active::Active;
use crate::failure::Result;
use crate::objects::{Object, Template};
use crate::token::{Query, Token};

/// The handles that were not returned yet.
#[derive(Debug)]
pub(crate) struct FoundObjects(VecDeque<CK_OBJECT_HANDLE>);

impl FoundObjects {
    /// The objects before the lookup.
    pub(crate) fn none() -> Self {
        Self(VecDeque::new())
    }

    /// Looks up the objects. Keys come first, ordered by name, each with its private key first.
    pub(crate) fn find(token: &Token, template: &Template) -> Result<Self> {
        let mut handles = VecDeque::new();
        for object in candidates(token, template)? {
            match object.matches(template, token) {
                Ok(true) => handles.extend(token.handle(&object)),
                Ok(false) => {}
                // It was deleted since the lookup of the keys.
                Err(failure) if failure.code == CKR_KEY_HANDLE_INVALID => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(Self(handles))
    }
}

fn candidates(token: &Token, template: &Template) -> Result<Vec<Object>> {
    let class = template.number(CKA_CLASS);
    let wants = |wanted| class.is_none_or(|class| class == wanted);
    let mut candidates = Vec::new();
    if let Some(query) =
        Query::of(template).filter(|_| wants(CKO_PRIVATE_KEY) || wants(CKO_PUBLIC_KEY))
    {
        let keys = token.keys(&query)?;
        if template.needs_public_keys() {
            token.load_public_keys(&keys)?;
        }
        for key in keys.iter() {
            candidates.push(Object::PrivateKey(Arc::clone(key)));
            candidates.push(Object::PublicKey(Arc::clone(key)));
        }
    }
    if wants(CKO_CERTIFICATE) {
        let certificates = token.certificates().iter().cloned();
        candidates.extend(certificates.map(Object::Certificate));
    }
    candidates.retain(|object| wants(object.class()));
    Ok(candidates)
}

impl Active<FoundObjects> {
    /// The next handles, at most this many.
    pub(crate) fn next(&self, max_count: usize) -> Result<Vec<CK_OBJECT_HANDLE>> {
        let mut found = self.take()?;
        let count = max_count.min(found.0.len());
        let handles = found.0.drain(..count).collect();
        self.put(found);
        Ok(handles)
    }
}
