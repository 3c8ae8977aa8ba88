//! The closed loop: each task requests its next signature after it received the last one.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};

use crate::Result;
use crate::connection::Connection;
use crate::options::Options;
use crate::report::{self, Measured, Usage};

/// The digest that all load programs sign.
const DIGEST: [u8; 32] = [0x5a; 32];

/// The request that every task sends.
struct Exchange {
    uri: hyper::Uri,
    host: HeaderValue,
    token: HeaderValue,
    body: Bytes,
    http1: bool,
}

impl Exchange {
    fn new(options: &Options) -> Result<Self> {
        let path = format!(
            "/key-manager/v1alpha1/regions/{}/keys/{}/sign",
            options.region, options.key
        );
        let uri = if options.http1 {
            path.parse()?
        } else {
            format!("https://{}{path}", options.authority).parse()?
        };
        let mut token = HeaderValue::from_str(&options.token)?;
        token.set_sensitive(true);
        Ok(Exchange {
            uri,
            host: HeaderValue::from_str(&options.authority)?,
            token,
            body: Bytes::from(format!(r#"{{"digest":"{}"}}"#, STANDARD.encode(DIGEST))),
            http1: options.http1,
        })
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = hyper::Method::POST;
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.insert("x-auth-token", self.token.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.http1 {
            headers.insert(HOST, self.host.clone());
        }
        request
    }
}

/// State that the tasks share.
struct Shared {
    exchange: Exchange,
    started: usize,
    limit: usize,
    deadline: Option<Instant>,
    latencies: Vec<u64>,
    last: Bytes,
}

pub async fn run(options: Options) -> Result<String> {
    let connection = Connection::open(&options).await?;
    let shared = Rc::new(RefCell::new(Shared {
        exchange: Exchange::new(&options)?,
        started: 0,
        limit: options.warm_up.max(options.concurrency),
        deadline: None,
        latencies: Vec::with_capacity(options.signatures.max(options.warm_up)),
        last: Bytes::new(),
    }));
    let connection = round(&shared, connection, options.concurrency).await?;

    {
        let mut shared = shared.borrow_mut();
        shared.started = 0;
        shared.latencies.clear();
        shared.limit = options.signatures;
        shared.deadline = options.duration.map(|duration| Instant::now() + duration);
    }
    let before = Usage::now()?;
    let start = Instant::now();
    round(&shared, connection, options.concurrency).await?;
    let seconds = start.elapsed().as_secs_f64();
    let used = Usage::now()?.since(before);
    let mut shared = shared.borrow_mut();
    let response = serde_json::from_slice::<serde_json::Value>(&shared.last)?;
    report::line(Measured {
        latencies: std::mem::take(&mut shared.latencies),
        seconds,
        used,
        digest: &DIGEST,
        signature: response["signature"].as_str().ok_or("no signature")?,
    })
}

/// Runs all tasks to their end, and returns the connection.
async fn round(
    shared: &Rc<RefCell<Shared>>,
    connection: Connection,
    concurrency: usize,
) -> Result<Connection> {
    let mut others = Vec::new();
    for _ in 1..concurrency {
        let connection = connection.share().ok_or("one task only")?;
        others.push(tokio::task::spawn_local(task(
            Rc::clone(shared),
            connection,
        )));
    }
    let connection = task(Rc::clone(shared), connection).await?;
    for other in others {
        other.await??;
    }
    Ok(connection)
}

async fn task(shared: Rc<RefCell<Shared>>, mut connection: Connection) -> Result<Connection> {
    loop {
        let start = Instant::now();
        let request = {
            let mut shared = shared.borrow_mut();
            if shared.started == shared.limit || shared.deadline.is_some_and(|end| start >= end) {
                return Ok(connection);
            }
            shared.started += 1;
            shared.exchange.request()
        };
        let body = connection.exchange(request).await?;
        let took = start.elapsed();
        let mut shared = shared.borrow_mut();
        shared.latencies.push(u64::try_from(took.as_nanos())?);
        shared.last = body;
    }
}
