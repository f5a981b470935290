//! Who may wait for people: few enough that there are always connections for everybody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most requests that wait at once, well below what one listener connects.
const MOST_WAITING: usize = 512;
/// And the most of one key.
const MOST_WAITING_OF_ONE: usize = 64;

/// How many requests wait, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<Waiting>>);

/// INVARIANT: `all` is the sum of `keys`, in which nobody waits zero times.
#[derive(Debug, Default)]
struct Waiting {
    all: usize,
    keys: HashMap<String, usize>,
}

/// A place among those who wait, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    key: String,
}

impl Places {
    /// Takes a place for a key; nothing where it, or everybody together, has too many.
    pub(crate) fn take(&self, key: &str) -> Option<Place> {
        let mut waiting = self.waiting();
        let own = waiting.keys.get(key).copied().unwrap_or_default();
        if waiting.all >= MOST_WAITING || own >= MOST_WAITING_OF_ONE {
            return None;
        }
        waiting.all += 1;
        waiting.keys.insert(key.to_owned(), own + 1);
        Some(Place { places: self.clone(), key: key.to_owned() })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.places.waiting();
        waiting.all = waiting.all.saturating_sub(1);
        match waiting.keys.get_mut(&self.key) {
            Some(own) if *own > 1 => *own -= 1,
            Some(_) | None => drop(waiting.keys.remove(&self.key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_WAITING, MOST_WAITING_OF_ONE, Places};

    #[test]
    fn one_key_waits_so_often_and_all_together_so_often() {
        let places = Places::default();
        let mut taken: Vec<_> =
            (0..MOST_WAITING_OF_ONE).map(|_| places.take("a").unwrap()).collect();
        assert!(places.take("a").is_none());
        for key in 0..MOST_WAITING - MOST_WAITING_OF_ONE {
            taken.push(places.take(&key.to_string()).unwrap());
        }
        assert!(places.take("b").is_none());
        taken.remove(0);
        let again = places.take("a").unwrap();
        assert!(places.take("a").is_none());
        drop((taken, again));
        let waiting = places.waiting();
        assert_eq!((waiting.all, waiting.keys.len()), (0, 0), "nobody is remembered");
    }
}
