//! The schedule with a simulated service: a gateway that accepts 50 requests in each second of its own clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use http::StatusCode;

use super::rate_limit::RateLimit;
use super::schedule::Schedule;

const LIMIT: u32 = 50;
const WINDOW: Duration = Duration::from_secs(1);
/// To the service, and back.
const ONE_WAY: Duration = Duration::from_millis(50);

/// One process with an endless supply of requests, which begin at `arrivals`.
struct Process {
    schedule: Schedule,
    arrivals: Vec<Duration>,
    waiting: usize,
    /// The time of the next look, if one is planned.
    next_look: Option<Duration>,
    delivered: Vec<Duration>,
    refused: usize,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A process may be able to send.
    Look,
    AtService {
        sent: Duration,
    },
    AtProcess {
        sent: Duration,
        remaining: Option<u32>,
    },
}

struct Simulation {
    epoch: Instant,
    /// The service's clock at the begin.
    offset: Duration,
    processes: Vec<Process>,
    events: BinaryHeap<Reverse<(Duration, usize, Event)>>,
    window: (u64, u32),
}

impl Simulation {
    fn new(offset: Duration, arrivals: Vec<Vec<Duration>>) -> Self {
        let mut events = BinaryHeap::new();
        for (process, times) in arrivals.iter().enumerate() {
            for time in times {
                events.push(Reverse((*time, process, Event::Look)));
            }
        }
        let process = |arrivals| Process {
            schedule: Schedule::new(),
            arrivals,
            waiting: 0,
            next_look: None,
            delivered: Vec::new(),
            refused: 0,
        };
        Self {
            epoch: Instant::now(),
            offset,
            processes: arrivals.into_iter().map(process).collect(),
            events,
            window: (0, 0),
        }
    }

    fn run(mut self, until: Duration) -> Vec<Process> {
        while let Some(Reverse((now, process, event))) = self.events.pop() {
            if now > until {
                break;
            }
            match event {
                Event::Look => {}
                Event::AtService { sent } => {
                    let remaining = self.accept(now);
                    let response = Event::AtProcess { sent, remaining };
                    self.events
                        .push(Reverse((now + ONE_WAY, process, response)));
                }
                Event::AtProcess { sent, remaining } => self.receive(now, process, sent, remaining),
            }
            self.send(now, process);
        }
        self.processes
    }

    /// The service's decision: the requests that are left in its window, or `None` if it refuses.
    fn accept(&mut self, now: Duration) -> Option<u32> {
        let number = (now + self.offset).as_secs();
        if self.window.0 != number {
            self.window = (number, 0);
        }
        self.window.1 += 1;
        LIMIT.checked_sub(self.window.1)
    }

    fn receive(&mut self, now: Duration, process: usize, sent: Duration, remaining: Option<u32>) {
        let process = &mut self.processes[process];
        let reported = RateLimit {
            limit: LIMIT,
            window: WINDOW,
            remaining: remaining.unwrap_or(0),
        };
        process.schedule.end();
        let (sent, received) = (self.epoch + sent, self.epoch + now);
        let status = match remaining {
            Some(_) => StatusCode::OK,
            None => StatusCode::TOO_MANY_REQUESTS,
        };
        process
            .schedule
            .learn(sent, received, Some(reported), status);
        match remaining {
            Some(_) => process.delivered.push(now),
            None => {
                process.refused += 1;
                process.waiting += 1;
            }
        }
    }

    fn send(&mut self, now: Duration, number: usize) {
        let process = &mut self.processes[number];
        let arrived = process.arrivals.partition_point(|at| *at <= now);
        process.waiting += process.arrivals.drain(..arrived).count();
        while process.waiting > 0 {
            let at = self.epoch + now;
            match process.schedule.slot(0, at) {
                Some(slot) if slot <= at => {
                    process.schedule.begin(at);
                    process.waiting -= 1;
                    let request = Event::AtService { sent: now };
                    self.events.push(Reverse((now + ONE_WAY, number, request)));
                }
                Some(slot) => {
                    let next = slot - self.epoch;
                    if process.next_look.is_none_or(|at| at <= now || next < at) {
                        process.next_look = Some(next);
                        self.events.push(Reverse((next, number, Event::Look)));
                    }
                    return;
                }
                None => return,
            }
        }
    }
}

/// The service's clock at the begin of a simulation.
fn offsets() -> impl Iterator<Item = Duration> {
    (0..20).map(|n| Duration::from_millis(n * 50 + 7))
}

fn evenly(per_second: u32, first: Duration, count: usize) -> Vec<Duration> {
    (0..count as u32)
        .map(|n| first + Duration::from_secs(1) * n / per_second)
        .collect()
}

fn total(processes: &[Process], count: impl Fn(&Process) -> usize) -> usize {
    processes.iter().map(count).sum()
}

#[test]
fn a_burst_is_delivered_without_a_refusal() {
    for offset in offsets() {
        let burst = vec![vec![Duration::ZERO; 300]];
        let processes = Simulation::new(offset, burst).run(Duration::from_secs(60));
        let process = &processes[0];
        assert_eq!((process.delivered.len(), process.refused), (300, 0));
        assert!(process.delivered[299] < Duration::from_millis(5_500));
    }
}

#[test]
fn a_load_below_the_limit_is_not_delayed() {
    for offset in offsets() {
        let steady = vec![evenly(40, Duration::ZERO, 800)];
        let processes = Simulation::new(offset, steady.clone()).run(Duration::from_secs(60));
        let expected: Vec<Duration> = steady[0].iter().map(|at| *at + 2 * ONE_WAY).collect();
        assert_eq!(processes[0].delivered, expected);
    }
}

#[test]
fn three_processes_share_the_limit() {
    for offset in offsets() {
        let phase = |n: u32| Duration::from_secs(1) * n / 60;
        let loads = (0..3).map(|n| evenly(20, phase(n), 400)).collect();
        let processes = Simulation::new(offset, loads).run(Duration::from_secs(20));
        let delivered = total(&processes, |p| p.delivered.len());
        let refused = total(&processes, |p| p.refused);
        let shares: Vec<usize> = processes.iter().map(|p| p.delivered.len()).collect();
        assert!(delivered >= 47 * 20, "{shares:?}");
        assert!(refused * 10 <= delivered + refused, "{refused} refused");
        let least = shares.iter().min().expect("three processes");
        assert!(
            least * 2 >= *shares.iter().max().expect("three"),
            "{shares:?}"
        );
    }
}

#[test]
fn a_user_who_comes_later_gets_a_share() {
    let loads = vec![
        vec![Duration::ZERO; 3000],
        vec![Duration::from_secs(5); 3000],
    ];
    let processes = Simulation::new(Duration::from_millis(7), loads).run(Duration::from_secs(60));
    let late = |p: &Process| p.delivered.iter().filter(|at| at.as_secs() >= 30).count();
    let shares: Vec<usize> = processes.iter().map(late).collect();
    assert!(shares.iter().sum::<usize>() >= 40 * 30, "{shares:?}");
    assert!(shares.iter().all(|share| *share >= 300), "{shares:?}");
}

#[test]
fn the_share_grows_again_when_the_others_have_stopped() {
    let loads = vec![
        evenly(50, Duration::ZERO, 3000),
        evenly(40, Duration::from_millis(3), 400),
    ];
    let processes = Simulation::new(Duration::from_millis(7), loads).run(Duration::from_secs(60));
    let last = processes[0]
        .delivered
        .iter()
        .filter(|at| at.as_secs() >= 45);
    assert!(last.count() >= 45 * 15);
}

#[test]
fn at_first_fifty_requests_are_in_flight_at_most() {
    let mut schedule = Schedule::new();
    let now = Instant::now();
    for _ in 0..50 {
        assert_eq!(schedule.slot(0, now), Some(now));
        schedule.begin(now);
    }
    assert_eq!(schedule.slot(0, now), None);
    schedule.end();
    assert_eq!(schedule.slot(0, now), Some(now));
    schedule.learn(now, now, None, StatusCode::TOO_MANY_REQUESTS);
    assert!(!schedule.is_unlimited(), "a refusal does not lift a limit");
    schedule.learn(now, now, None, StatusCode::OK);
    assert!(schedule.is_unlimited());
    assert_eq!(schedule.slot(10_000, now), Some(now));
}

#[test]
fn the_turn_of_a_request_is_known_in_advance() {
    let mut schedule = Schedule::new();
    let now = Instant::now();
    let reported = RateLimit {
        limit: LIMIT,
        window: WINDOW,
        remaining: LIMIT - 1,
    };
    schedule.begin(now);
    schedule.learn(now, now, Some(reported), StatusCode::OK);
    let span = Duration::from_millis(1050);
    for (ahead, spans) in [(0, 0), (48, 0), (49, 1), (98, 1), (99, 2), (749, 15)] {
        assert_eq!(
            schedule.slot(ahead, now),
            Some(now + span * spans),
            "{ahead}"
        );
    }
}

#[test]
fn a_lower_limit_is_adopted() {
    let mut schedule = Schedule::new();
    let now = Instant::now();
    for limit in [50, 10] {
        let reported = RateLimit {
            limit,
            window: WINDOW,
            remaining: limit - 1,
        };
        schedule.learn(now, now, Some(reported), StatusCode::OK);
        assert_eq!(schedule.limit(), Some((limit as usize, WINDOW)));
    }
    for _ in 0..10 {
        schedule.begin(now);
    }
    assert!(schedule.slot(0, now).is_some_and(|slot| slot > now));
}

#[test]
fn an_error_page_does_not_lift_a_limit() {
    let mut schedule = Schedule::new();
    let now = Instant::now();
    let reported = RateLimit {
        limit: LIMIT,
        window: WINDOW,
        remaining: LIMIT - 1,
    };
    schedule.learn(now, now, Some(reported), StatusCode::OK);
    schedule.learn(now, now, None, StatusCode::BAD_GATEWAY);
    assert_eq!(schedule.limit(), Some((LIMIT as usize, WINDOW)));
    schedule.learn(now, now, None, StatusCode::OK);
    assert!(schedule.is_unlimited());
}
