//! The results of recent lookups. Programs repeat them within seconds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::query::Query;
use crate::objects::Key;

/// A later lookup sends requests again.
const MAX_AGE: Duration = Duration::from_secs(5);

/// Without a limit, a program that looks for many names would fill the memory.
const MAX_ENTRIES: usize = 1000;

pub(crate) type Keys = Arc<Vec<Arc<Key>>>;

type Entries = HashMap<Query, (Instant, Keys)>;

#[derive(Default)]
pub(super) struct LookupCache(ArcSwap<Entries>);

impl LookupCache {
    /// The result of a recent lookup. The list of all keys contains the results of all other lookups.
    pub(super) fn get(&self, query: &Query) -> Option<Keys> {
        let entries = self.0.load();
        let recent = |query| {
            let (found_at, keys) = entries.get(query)?;
            (found_at.elapsed() < MAX_AGE).then_some(keys)
        };
        if let Some(keys) = recent(query) {
            return Some(Arc::clone(keys));
        }
        let all = recent(&Query::All)?;
        let selected = all.iter().filter(|key| query.selects(key)).cloned();
        let selected: Vec<_> = selected.collect();
        // A key that was created since the list is looked up.
        (!selected.is_empty()).then(|| Arc::new(selected))
    }

    pub(super) fn put(&self, query: &Query, keys: &Keys) {
        let found_at = Instant::now();
        self.0.rcu(|entries| {
            let mut changed = Entries::clone(entries);
            changed.retain(|_, (found_at, _)| found_at.elapsed() < MAX_AGE);
            if changed.len() < MAX_ENTRIES {
                changed.insert(query.clone(), (found_at, Arc::clone(keys)));
            }
            changed
        });
    }

    /// Forgets all results, after a change of the keys.
    pub(super) fn clear(&self) {
        self.0.store(Arc::default());
    }
}
