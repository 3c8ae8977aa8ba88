//! Collects the pages of a list of keys.

use std::collections::HashSet;

use super::wire::{Key, KeyPage};
use crate::error::{Error, ErrorKind, Result};

/// The maximum size of all pages together, about 50,000 keys.
const MAX_SIZE: usize = 32 << 20;

#[derive(Default)]
pub(super) struct Listing {
    keys: Vec<Key>,
    ids: HashSet<String>,
    /// The number of keys on the pages.
    received: u64,
    bytes: usize,
}

impl Listing {
    /// Adds the next page, whose response had `bytes` bytes. Returns whether another page follows.
    pub(super) fn add(&mut self, page: KeyPage, bytes: usize) -> Result<bool> {
        self.bytes += bytes;
        if self.bytes > MAX_SIZE {
            return Err(Error::new(
                ErrorKind::Protocol,
                "the list of keys is over 32 MiB; name=, tags= or project-id= ask for fewer",
            ));
        }
        let on_page = page.keys.len() as u64;
        self.received += on_page;
        for key in page.keys {
            // A key that is created during the listing moves others to the next page.
            if self.ids.insert(key.id.clone()) {
                self.keys.push(key);
            }
        }
        Ok(on_page > 0 && self.received < page.total_count)
    }

    pub(super) fn into_keys(self) -> Vec<Key> {
        self.keys
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
        let mut listing = Listing::default();
        assert_eq!(listing.add(page(&["a", "b"], 4), 100).ok(), Some(true));
        assert_eq!(listing.add(page(&["b", "c"], 5), 100).ok(), Some(true));
        assert_eq!(listing.add(page(&["d"], 5), 100).ok(), Some(false));
        let ids: Vec<_> = listing.into_keys().into_iter().map(|key| key.id).collect();
        assert_eq!(ids, ["a", "b", "c", "d"]);
    }

    #[test]
    fn an_empty_page_is_the_last() {
        let mut listing = Listing::default();
        assert_eq!(listing.add(page(&[], 5), 100).ok(), Some(false));
    }

    #[test]
    fn an_endless_list_does_not_exhaust_the_memory() {
        let mut listing = Listing::default();
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
