//! Collects the pages of a list.

use std::collections::HashSet;
use std::hash::Hash;

use super::bodies::{KeyPage, Rotation, RotationPage};
use super::wire::Key;
use crate::error::{Error, ErrorKind, Result};

/// The maximum size of all pages together, about 50,000 keys.
const MAX_SIZE: usize = 32 << 20;

/// An item of a list.
pub(super) trait Listed {
    type Id: Hash + Eq;

    /// Distinguishes the items of a list.
    fn id(&self) -> Self::Id;
}

impl Listed for Key {
    type Id = String;

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Listed for Rotation {
    type Id = u32;

    fn id(&self) -> u32 {
        self.index
    }
}

/// A page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// The number of items on all pages.
    pub(super) total_count: u64,
}

impl From<KeyPage> for Page<Key> {
    fn from(page: KeyPage) -> Self {
        Self {
            items: page.keys,
            total_count: page.total_count,
        }
    }
}

impl From<RotationPage> for Page<Rotation> {
    fn from(page: RotationPage) -> Self {
        Self {
            items: page.rotations,
            total_count: page.total_count,
        }
    }
}

pub(super) struct Listing<T: Listed> {
    items: Vec<T>,
    ids: HashSet<T::Id>,
    /// The number of items on the pages.
    received: u64,
    bytes: usize,
}

impl<T: Listed> Default for Listing<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            ids: HashSet::new(),
            received: 0,
            bytes: 0,
        }
    }
}

impl<T: Listed> Listing<T> {
    /// Adds the next page, whose response had `bytes` bytes. Returns whether another page follows.
    pub(super) fn add(&mut self, page: impl Into<Page<T>>, bytes: usize) -> Result<bool> {
        let page = page.into();
        self.bytes += bytes;
        if self.bytes > MAX_SIZE {
            return Err(Error::new(
                ErrorKind::Protocol,
                "the list is over 32 MiB; for keys, name=, tags= or project-id= ask for fewer",
            ));
        }
        let on_page = page.items.len() as u64;
        self.received += on_page;
        for item in page.items {
            // An item that is created during the listing moves others to the next page.
            if self.ids.insert(item.id()) {
                self.items.push(item);
            }
        }
        Ok(on_page > 0 && self.received < page.total_count)
    }

    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[&str], total_count: u64) -> KeyPage {
        let usage = serde_json::json!({"asymmetric_signing": "ec_p256_sha256"});
        let key = |id| serde_json::json!({"id": id, "usage": usage});
        let keys: Vec<_> = ids.iter().map(key).collect();
        serde_json::from_value(serde_json::json!({"keys": keys, "total_count": total_count}))
            .expect("a page")
    }

    #[test]
    fn pages_are_joined_without_duplicates() {
        let mut listing = Listing::<Key>::default();
        assert_eq!(listing.add(page(&["a", "b"], 4), 100).ok(), Some(true));
        assert_eq!(listing.add(page(&["b", "c"], 5), 100).ok(), Some(true));
        assert_eq!(listing.add(page(&["d"], 5), 100).ok(), Some(false));
        let ids: Vec<_> = listing.into_items().into_iter().map(|key| key.id).collect();
        assert_eq!(ids, ["a", "b", "c", "d"]);
    }

    #[test]
    fn an_empty_page_is_the_last() {
        let mut listing = Listing::<Key>::default();
        assert_eq!(listing.add(page(&[], 5), 100).ok(), Some(false));
    }

    #[test]
    fn an_endless_list_does_not_exhaust_the_memory() {
        let mut listing = Listing::<Key>::default();
        for _ in 0..32 {
            assert_eq!(listing.add(page(&["a"], 1000), 1 << 20).ok(), Some(true));
        }
        let error = listing
            .add(page(&["a"], 1000), 1 << 20)
            .expect_err("too much");
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.to_string().contains("32 MiB"), "{error}");
    }
}
