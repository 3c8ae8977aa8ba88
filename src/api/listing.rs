//! A list of keys that comes page by page.

use std::collections::HashSet;

use super::wire::{Key, KeyPage};
use crate::error::{Error, ErrorKind, Result};

/// All pages together: some 50,000 keys.
const LARGEST: usize = 32 << 20;

#[derive(Default)]
pub(super) struct Listing {
    keys: Vec<Key>,
    ids: HashSet<String>,
    /// How many keys the pages had.
    came: u64,
    bytes: usize,
}

impl Listing {
    /// Takes in the next page, of so many bytes. Whether there is another.
    pub(super) fn add(&mut self, page: KeyPage, bytes: usize) -> Result<bool> {
        self.bytes += bytes;
        if self.bytes > LARGEST {
            return Err(Error::new(
                ErrorKind::Protocol,
                "the list of keys is over 32 MiB; name=, tags= or project-id= ask for fewer",
            ));
        }
        let came = page.keys.len() as u64;
        self.came += came;
        for key in page.keys {
            // A key that was created meanwhile moves others to the next page.
            if self.ids.insert(key.id.clone()) {
                self.keys.push(key);
            }
        }
        Ok(came > 0 && self.came < page.total_count)
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
    fn pages_come_together_without_doubles() {
        let mut listing = Listing::default();
        assert_eq!(listing.add(page(&["a", "b"], 4), 100).ok(), Some(true));
        assert_eq!(listing.add(page(&["b", "c"], 5), 100).ok(), Some(true));
        assert_eq!(listing.add(page(&["d"], 5), 100).ok(), Some(false));
        let ids: Vec<_> = listing.into_keys().into_iter().map(|key| key.id).collect();
        assert_eq!(ids, ["a", "b", "c", "d"]);
    }

    #[test]
    fn a_page_without_keys_is_the_last() {
        let mut listing = Listing::default();
        assert_eq!(listing.add(page(&[], 5), 100).ok(), Some(false));
    }

    #[test]
    fn a_list_without_an_end_does_not_fill_the_memory() {
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
