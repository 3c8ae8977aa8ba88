//! The queue of faults, which assigns faults to requests.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Fault;
use crate::http::route::Operation;

/// An order of faults, in the form of the admin endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub operation: Target,
    /// The number of requests that get the fault; null for no limit.
    #[serde(default = "once")]
    pub times: Option<u32>,
    pub fault: Fault,
    /// The fault is for each request whose number, among those that it applies to, is a multiple.
    #[serde(default = "each")]
    pub every: u32,
    /// The probability that a request gets the fault, if it applies to the operation.
    #[serde(default = "always")]
    pub probability: f64,
    /// Makes the sequence of random choices repeatable.
    #[serde(default)]
    pub seed: Option<u64>,
}

fn once() -> Option<u32> {
    Some(1)
}

fn each() -> u32 {
    1
}

fn always() -> f64 {
    1.0
}

/// One operation, or all of them, written `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Any,
    One(Operation),
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Target::Any => "*".serialize(out),
            Target::One(operation) => operation.serialize(out),
        }
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let name = String::deserialize(input)?;
        if name == "*" {
            return Ok(Target::Any);
        }
        let name = serde::de::value::StringDeserializer::<D::Error>::new(name);
        Operation::deserialize(name).map(Target::One)
    }
}

struct Pending {
    order: Order,
    /// The number of requests that the fault applies to, until now.
    requests: u32,
    chance: fastrand::Rng,
}

impl Pending {
    /// Whether the next request of this operation gets the fault.
    fn selects(&mut self, target: Target, operation: Operation) -> bool {
        let Order {
            operation: ordered,
            fault,
            every,
            probability,
            ..
        } = &self.order;
        if *ordered != target || !fault.applies_to(operation) {
            return false;
        }
        self.requests = self.requests.wrapping_add(1);
        self.requests.is_multiple_of(*every) && self.chance.f64() < *probability
    }
}

#[derive(Default)]
pub struct Faults {
    // Requests take the lock only if this is true.
    any: AtomicBool,
    queue: Mutex<Vec<Pending>>,
}

impl Faults {
    pub fn add(&self, order: Order) -> Result<(), String> {
        order.fault.check()?;
        if let Target::One(operation) = order.operation
            && !order.fault.applies_to(operation)
        {
            return Err(format!("this fault does not apply to {operation:?}"));
        }
        if !(0.0..=1.0).contains(&order.probability) {
            return Err("probability must be between 0 and 1".to_owned());
        }
        if order.times == Some(0) || order.every == 0 {
            return Err("times and every must be at least 1".to_owned());
        }
        let chance = order
            .seed
            .map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let mut queue = self.queue.lock();
        queue.push(Pending {
            order,
            requests: 0,
            chance,
        });
        self.any.store(true, Ordering::Release);
        Ok(())
    }

    pub fn clear(&self) {
        let mut queue = self.queue.lock();
        queue.clear();
        self.any.store(false, Ordering::Release);
    }

    pub fn list(&self) -> Vec<Order> {
        let queue = self.queue.lock();
        queue.iter().map(|pending| pending.order.clone()).collect()
    }

    /// Takes the fault for the next request of this operation. Orders for the operation come before
    /// orders for all operations, then earlier orders before later ones.
    pub fn take(&self, operation: Operation) -> Option<Fault> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut queue = self.queue.lock();
        for target in [Target::One(operation), Target::Any] {
            let index = queue
                .iter_mut()
                .position(|pending| pending.selects(target, operation));
            if let Some(index) = index {
                let fault = queue[index].order.fault.clone();
                if let Some(times) = &mut queue[index].order.times {
                    *times -= 1;
                    if *times == 0 {
                        queue.remove(index);
                        self.any.store(!queue.is_empty(), Ordering::Release);
                    }
                }
                return Some(fault);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> Order {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn orders_apply_in_turn() {
        let faults = Faults::default();
        assert_eq!(faults.take(Operation::Sign), None);
        for json in [
            r#"{"operation":"*","fault":{"kind":"truncate"}}"#,
            r#"{"operation":"Sign","times":2,"fault":{"kind":"flip"}}"#,
            r#"{"operation":"Sign","fault":{"kind":"delay","milliseconds":5}}"#,
        ] {
            faults.add(order(json)).unwrap();
        }
        assert_eq!(faults.list().len(), 3);
        let taken: Vec<_> = (0..5).map(|_| faults.take(Operation::Sign)).collect();
        assert_eq!(
            taken,
            [
                Some(Fault::Flip {}),
                Some(Fault::Flip {}),
                Some(Fault::Delay { milliseconds: 5 }),
                Some(Fault::Truncate {}),
                None
            ]
        );
    }

    #[test]
    fn a_fault_for_all_operations_waits_for_one_that_it_applies_to() {
        let faults = Faults::default();
        faults
            .add(order(r#"{"operation":"*","fault":{"kind":"flip"}}"#))
            .unwrap();
        assert_eq!(faults.take(Operation::GetKey), None);
        assert_eq!(faults.take(Operation::Sign), Some(Fault::Flip {}));
    }

    #[test]
    fn a_fault_can_be_for_every_third_request() {
        let faults = Faults::default();
        let json = r#"{"operation":"*","every":3,"times":2,"fault":{"kind":"flip"}}"#;
        faults.add(order(json)).unwrap();
        assert_eq!(faults.take(Operation::GetKey), None);
        let taken: Vec<_> = (1..=9)
            .filter(|_| faults.take(Operation::Sign).is_some())
            .collect();
        assert_eq!(taken, [3, 6]);
    }

    #[test]
    fn a_seed_repeats_the_choices() {
        let choices = || {
            let faults = Faults::default();
            let json = r#"{"operation":"*","times":null,"probability":0.5,"seed":7,
                "fault":{"kind":"garbage"}}"#;
            faults.add(order(json)).unwrap();
            (0..200)
                .map(|_| faults.take(Operation::Verify).is_some())
                .collect::<Vec<_>>()
        };
        let first = choices();
        assert_eq!(first, choices());
        let count = first.iter().filter(|chosen| **chosen).count();
        assert!((60..140).contains(&count), "{count}");
    }

    #[test]
    fn invalid_orders_are_rejected() {
        for json in [
            r#"{"operation":"Sing","fault":{"kind":"flip"}}"#,
            r#"{"operation":"Sign","fault":{"kind":"flop"}}"#,
            r#"{"operation":"Sign","fault":{"kind":"flip","more":1}}"#,
            r#"{"operation":"Sign","tims":3,"fault":{"kind":"flip"}}"#,
        ] {
            assert!(serde_json::from_str::<Order>(json).is_err(), "{json}");
        }
        for json in [
            r#"{"operation":"GetKey","fault":{"kind":"flip"}}"#,
            r#"{"operation":"Sign","fault":{"kind":"status","status":99}}"#,
            r#"{"operation":"Sign","fault":{"kind":"redirect","location":"\n"}}"#,
            r#"{"operation":"Sign","times":0,"fault":{"kind":"flip"}}"#,
            r#"{"operation":"Sign","every":0,"fault":{"kind":"flip"}}"#,
            r#"{"operation":"Sign","probability":2,"fault":{"kind":"flip"}}"#,
        ] {
            assert!(Faults::default().add(order(json)).is_err(), "{json}");
        }
    }
}
