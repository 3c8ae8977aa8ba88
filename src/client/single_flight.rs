//! A cache in which each value is loaded once. Callers that ask for a value during its loading share the result,
//! including an error. An error is not kept: the next caller loads again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::error::{Error, ErrorKind, Result};
use crate::sync::{self, Mutex, MutexGuard};

pub(super) struct SingleFlight<K, V> {
    slots: Mutex<HashMap<K, Slot<V>>>,
}

enum Slot<V> {
    Loaded(V),
    Loading(Loading<V>),
}

/// The result of a loading that is in flight.
type Loading<V> = watch::Receiver<Option<Result<V>>>;

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self {
            slots: Mutex::new(HashMap::new()),
        }
    }
}

impl<K, V> SingleFlight<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The value, if it was loaded.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        match self.lock().get(key)? {
            Slot::Loaded(value) => Some(value.clone()),
            Slot::Loading(_) => None,
        }
    }

    /// The value, which is loaded if necessary. The loading is a task of its own: it continues if this caller is
    /// cancelled, since others may wait for it. It must be called on the I/O thread.
    pub(super) async fn get_or_load(
        self: &Arc<Self>,
        key: &K,
        load: impl FnOnce() -> BoxFuture<'static, Result<V>>,
    ) -> Result<V> {
        let mut loading = {
            let mut slots = self.lock();
            match slots.get(key) {
                Some(Slot::Loaded(value)) => return Ok(value.clone()),
                Some(Slot::Loading(loading)) => loading.clone(),
                None => self.spawn(&mut slots, key, load()),
            }
        };
        let result = loading.wait_for(Option::is_some).await;
        match result.as_deref() {
            Ok(Some(result)) => result.clone(),
            // The sender of a task that panicked is dropped without a result.
            _ => Err(Error::new(
                ErrorKind::Internal,
                "loading a key was aborted inside the library; please report this",
            )),
        }
    }

    /// Removes the values that `matches` selects. It gets no value for a loading that is in flight. The result of a removed
    /// loading is not kept.
    pub(super) fn remove(&self, matches: impl Fn(&K, Option<&V>) -> bool) {
        self.lock().retain(|key, slot| match slot {
            Slot::Loaded(value) => !matches(key, Some(value)),
            Slot::Loading(_) => !matches(key, None),
        });
    }

    fn spawn(
        self: &Arc<Self>,
        slots: &mut HashMap<K, Slot<V>>,
        key: &K,
        load: BoxFuture<'static, Result<V>>,
    ) -> Loading<V> {
        let (sender, loading) = watch::channel(None);
        slots.insert(key.clone(), Slot::Loading(loading.clone()));
        let guard = SlotGuard {
            cache: Arc::clone(self),
            key: key.clone(),
            loading: loading.clone(),
            loaded: None,
        };
        sync::spawn(async move {
            let mut guard = guard;
            let result = load.await;
            guard.loaded = result.as_ref().ok().cloned();
            drop(guard);
            // An error means that no caller waits any more.
            let _ = sender.send(Some(result));
        });
        loading
    }

    /// The map is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Slot<V>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a loading: the slot receives the value, or is removed if there is none, even after a panic.
struct SlotGuard<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    cache: Arc<SingleFlight<K, V>>,
    key: K,
    loading: Loading<V>,
    loaded: Option<V>,
}

impl<K, V> Drop for SlotGuard<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn drop(&mut self) {
        let mut slots = self.cache.lock();
        let is_own =
            |slot: &Slot<V>| matches!(slot, Slot::Loading(l) if l.same_channel(&self.loading));
        if !slots.get(&self.key).is_some_and(is_own) {
            return;
        }
        match self.loaded.take() {
            Some(value) => slots.insert(self.key.clone(), Slot::Loaded(value)),
            None => slots.remove(&self.key),
        };
    }
}

#[cfg(all(test, not(feature = "model-checking")))]
mod tests {
    use tokio::runtime::Builder;
    use tokio::sync::oneshot;

    use super::*;

    type Cache = Arc<SingleFlight<u8, u8>>;

    fn run(test: impl Future<Output = ()>) {
        let runtime = Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(test);
    }

    #[test]
    fn callers_share_a_result_and_an_error_is_not_kept() {
        run(async {
            let cache = Cache::default();
            for result in [Err(Error::new(ErrorKind::NotFound, "no key")), Ok(7)] {
                let (send, receive) = oneshot::channel::<Result<u8>>();
                let first =
                    cache.get_or_load(&1, || Box::pin(async move { receive.await.expect("sent") }));
                let second = cache.get_or_load(&1, || panic!("loaded twice"));
                let send = async { send.send(result.clone()) };
                let (first, second, _) = futures_util::future::join3(first, second, send).await;
                for got in [first, second] {
                    let kind = |r: Result<u8>| r.map_err(|e| e.kind());
                    assert_eq!(kind(got), kind(result.clone()));
                }
                assert_eq!(cache.get(&1), result.ok());
            }
        });
    }

    #[test]
    fn a_panic_is_an_error_and_the_next_caller_loads_again() {
        run(async {
            let cache = Cache::default();
            let panicking =
                || -> BoxFuture<'static, _> { Box::pin(async { panic!("on purpose") }) };
            let aborted = cache.get_or_load(&1, panicking).await;
            assert_eq!(aborted.expect_err("a panic").kind(), ErrorKind::Internal);
            let loaded = cache.get_or_load(&1, || Box::pin(async { Ok(7) })).await;
            assert_eq!(loaded.ok(), Some(7));
        });
    }

    #[test]
    fn a_removed_loading_is_not_kept() {
        run(async {
            let cache = Cache::default();
            let (send, receive) = oneshot::channel();
            let load = cache.get_or_load(&1, || {
                Box::pin(async move { Ok(receive.await.expect("sent")) })
            });
            let remove = async {
                cache.remove(|key, _| *key == 1);
                send.send(7)
            };
            let (loaded, _) = futures_util::future::join(load, remove).await;
            assert_eq!(loaded.ok(), Some(7));
            assert_eq!(cache.get(&1), None);
        });
    }
}

#[cfg(all(test, feature = "model-checking"))]
mod model {
    use std::sync::Arc;

    use shuttle::future::{block_on, spawn, yield_now};
    use shuttle::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use shuttle::{check_random, thread};

    use super::*;

    type Cache = Arc<SingleFlight<u8, u32>>;

    /// Loads the number of the loading.
    fn load(loadings: &Arc<AtomicU32>) -> BoxFuture<'static, Result<u32>> {
        let number = loadings.fetch_add(1, SeqCst);
        Box::pin(async move {
            yield_now().await;
            Ok(number)
        })
    }

    #[test]
    fn callers_share_a_loading() {
        let share = || {
            let (cache, loadings) = (Cache::default(), Arc::default());
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let (cache, loadings) = (Arc::clone(&cache), Arc::clone(&loadings));
                    spawn(async move { cache.get_or_load(&1, || load(&loadings)).await.ok() })
                })
                .collect();
            for caller in callers {
                assert_eq!(block_on(caller).expect("no panic"), Some(0));
            }
            assert_eq!(cache.get(&1), Some(0));
        };
        check_random(share, 3_000);
    }

    /// A value that is removed during its loading is not kept. The caller gets it, or the value of a later loading.
    #[test]
    fn a_removed_loading_is_not_kept() {
        let remove = || {
            let (cache, loadings) = (Cache::default(), Arc::default());
            let caller = {
                let (cache, loadings) = (Arc::clone(&cache), Arc::clone(&loadings));
                spawn(async move { cache.get_or_load(&1, || load(&loadings)).await.ok() })
            };
            let removed = thread::spawn({
                let cache = Arc::clone(&cache);
                move || cache.remove(|_, _| true)
            });
            removed.join().expect("no panic");
            let later = block_on(cache.get_or_load(&1, || load(&loadings)));
            assert_eq!(cache.get(&1), later.ok());
            assert!(block_on(caller).expect("no panic").is_some());
        };
        check_random(remove, 3_000);
    }
}
