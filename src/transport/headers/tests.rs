use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use futures_util::future::{join, join_all};
use tokio::runtime::Builder;

use super::*;

const LIMIT: Duration = Duration::from_secs(60);

fn key(text: &str) -> SecretString {
    SecretString::from(text)
}

/// Headers with the key "old" from a file, and the number of its reads.
fn headers(
    read: impl Fn() -> Result<SecretString, String> + Send + Sync + 'static,
) -> (Arc<CurrentHeaders>, Arc<AtomicUsize>) {
    let reads: Arc<AtomicUsize> = Arc::default();
    let counter = Arc::clone(&reads);
    let read: ReadFile = Box::new(move |_| {
        counter.fetch_add(1, SeqCst);
        read()
    });
    let user_agent = HeaderValue::from_static("test");
    let headers = Headers::new(&key("old"), &user_agent).expect("headers");
    let redactor = Arc::new(Redactor::new(&key("old")));
    let file = Some((PathBuf::from("/run/key"), read));
    let headers = CurrentHeaders::with_file(headers, user_agent, redactor, file);
    (Arc::new(headers), reads)
}

/// A function that blocks until the sender is dropped.
fn blocking() -> (Sender<()>, impl Fn() + Send + Sync + 'static) {
    let (sender, receiver) = channel();
    let receiver = std::sync::Mutex::new(receiver);
    let block = move || {
        let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = receiver.recv_timeout(LIMIT);
    };
    (sender, block)
}

fn run(test: impl Future<Output = ()>) {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(test);
}

/// The secret keys that operations find whose requests had the key "old".
async fn renew(headers: &Arc<CurrentHeaders>, calls: usize, limit: Duration) -> Vec<String> {
    renew_and(headers, calls, limit, || ()).await
}

/// The same. When all operations wait, the function is called.
async fn renew_and(
    headers: &Arc<CurrentHeaders>,
    calls: usize,
    limit: Duration,
    function: impl FnOnce(),
) -> Vec<String> {
    let rejected = headers.load();
    let renew = || headers.renewed(&rejected, Deadline::after(limit));
    let all = join_all((0..calls).map(|_| renew()));
    let (renewed, ()) = join(all, async { function() }).await;
    let text = |headers: Arc<Headers>| {
        let token = headers.without_body.get(AUTH_HEADER).expect("a key");
        token.to_str().expect("text").to_owned()
    };
    let texts = renewed.into_iter().map(|result| match result {
        Ok(headers) => headers.map_or("none".to_owned(), text),
        Err(why) => why,
    });
    texts.collect()
}

#[test]
fn operations_share_a_new_key() {
    run(async {
        let (headers, reads) = headers(|| Ok(key("new")));
        assert_eq!(renew(&headers, 100, LIMIT).await, ["new"; 100]);
        assert_eq!(reads.load(SeqCst), 1);
        assert!(headers.redactor.contains_secret(b"new"));
    });
}

#[test]
fn operations_share_a_failure_and_an_unchanged_key() {
    run(async {
        for (content, expected) in [
            (
                Err("it is empty"),
                "the secret key could not be read again from /run/key: it is empty",
            ),
            (Ok("old"), "none"),
        ] {
            // No read ends before all operations wait.
            let (sender, block) = blocking();
            let (headers, reads) = headers(move || {
                block();
                content.map(key).map_err(str::to_owned)
            });
            let renewed = renew_and(&headers, 100, LIMIT, || drop(sender)).await;
            assert_eq!(renewed, [expected; 100]);
            // The first read may have begun before some of the operations waited. The second has not.
            assert!(reads.load(SeqCst) <= 2, "{}", reads.load(SeqCst));
            let before = reads.load(SeqCst);
            assert_eq!(renew(&headers, 1, LIMIT).await, [expected]);
            assert_eq!(reads.load(SeqCst), before + 1);
        }
    });
}

#[test]
fn a_read_that_blocks_ends_no_operation_late_and_is_completed() {
    run(async {
        let (sender, block) = blocking();
        let (headers, reads) = headers(move || {
            block();
            Ok(key("new"))
        });
        for _ in 0..3 {
            for why in renew(&headers, 10, Duration::from_millis(1)).await {
                assert!(
                    why.ends_with("/run/key: the read did not end before the deadline"),
                    "{why}"
                );
            }
        }
        // The read ends while the operations wait. If it ended before, they would have the new key.
        let renewed = renew_and(&headers, 10, LIMIT, || drop(sender)).await;
        assert_eq!(renewed, ["new"; 10]);
        assert_eq!(reads.load(SeqCst), 1);
    });
}

#[test]
fn after_a_panic_the_file_is_read_again() {
    run(async {
        let panicked = std::sync::atomic::AtomicBool::new(false);
        let (headers, _) = headers(move || {
            assert!(panicked.swap(true, SeqCst), "on purpose");
            Ok(key("new"))
        });
        let renewed = renew(&headers, 1, LIMIT).await;
        assert!(
            renewed[0].contains("aborted inside the library"),
            "{renewed:?}"
        );
        assert_eq!(renew(&headers, 1, LIMIT).await, ["new"]);
    });
}
