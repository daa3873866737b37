use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread::sleep,
    time::Duration,
};

use cytoscribe::workbench::in_order::in_order;
use rayon::ThreadPoolBuilder;

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn results_come_in_the_order_of_the_items_however_long_each_takes() {
    let items: Vec<usize> = (0..200).collect();
    for threads in [1, 2, 8] {
        let mut taken = Vec::new();
        let slow_first = |&item: &usize| {
            sleep(Duration::from_micros(if item % 7 == 0 { 900 } else { 20 }));
            item * 2
        };
        let take = |&item: &usize, result| {
            taken.push((item, result));
            Ok::<(), ()>(())
        };
        on_threads(threads, || in_order(&items, slow_first, take)).unwrap();
        assert_eq!(taken, items.iter().map(|&item| (item, item * 2)).collect::<Vec<_>>());
    }
}

#[test]
fn an_error_of_the_taker_ends_the_work() {
    let begun = AtomicUsize::new(0);
    let items: Vec<usize> = (0..10_000).collect();
    let work = |&item: &usize| {
        begun.fetch_add(1, Ordering::Relaxed);
        item
    };
    let outcome = on_threads(2, || in_order(&items, work, |_, item| if item == 5 { Err("full") } else { Ok(()) }));
    assert_eq!(outcome, Err("full"));
    assert!(begun.load(Ordering::Relaxed) < 100, "work goes on only as far as it had begun");
}

#[test]
fn nothing_to_do_is_done_at_once() {
    assert_eq!(in_order(&[(); 0], |()| (), |(), ()| Err("never")), Ok(()));
}
