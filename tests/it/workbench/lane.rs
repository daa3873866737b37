use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use cytoscribe::workbench::lane::{Lane, Outcome, Wake};

fn wait<I, T: Send + 'static>(lane: &mut Lane<I, T>) -> Outcome<I, T> {
    let since = Instant::now();
    loop {
        if let Some(outcome) = lane.take() {
            return outcome;
        }
        assert!(since.elapsed() < Duration::from_secs(30), "the work never ended");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn work_comes_back_with_what_it_was_computed_from_and_wakes_the_window() {
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    let wake: Wake = Arc::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    let mut lane = Lane::default();
    assert!(lane.is_free() && lane.take().is_none());
    lane.start(6, &wake, |_| Ok(7));
    assert_eq!((lane.is_free(), lane.inputs()), (false, Some(&6)));
    let outcome = wait(&mut lane);
    assert_eq!((outcome.inputs, outcome.value), (6, Ok(7)));
    assert!(lane.is_free());
    let since = Instant::now();
    while woken.load(Ordering::SeqCst) == 0 && since.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(woken.load(Ordering::SeqCst), 1);
}

#[test]
fn a_failure_and_a_fault_of_the_program_come_back_as_sentences() {
    let wake: Wake = Arc::new(|| {});
    let mut lane: Lane<(), ()> = Lane::default();
    lane.start((), &wake, |_| Err("the disk is full".into()));
    assert_eq!(wait(&mut lane).value, Err("the disk is full".to_owned()));
    lane.start((), &wake, |_| panic!("out of cheese"));
    let reason = wait(&mut lane).value.unwrap_err();
    assert!(reason.contains("a fault of the program") && reason.contains("out of cheese"), "{reason}");
}

#[test]
fn work_can_be_asked_to_stop() {
    let wake: Wake = Arc::new(|| {});
    let mut lane = Lane::default();
    lane.start((), &wake, |stop| {
        while !stop.is_asked() {
            std::thread::yield_now();
        }
        Ok("stopped")
    });
    lane.stop();
    assert_eq!(wait(&mut lane).value, Ok("stopped"));
}

#[test]
fn waiting_ends_with_the_work_or_after_a_while_and_takes_nothing() {
    let wake: Wake = Arc::new(|| {});
    let (may_end, wait_for_it) = std::sync::mpsc::channel::<()>();
    let mut lane = Lane::default();
    assert!(!lane.wait(Duration::from_secs(30)), "there is nothing to wait for");
    lane.start(6, &wake, move |_| {
        wait_for_it.recv().map_err(|error| error.to_string())?;
        Ok(7)
    });
    assert!(!lane.wait(Duration::from_millis(5)), "it cannot have ended");
    assert!(lane.take().is_none());
    may_end.send(()).expect("the work is running");
    assert!(lane.wait(Duration::from_secs(30)));
    assert!(lane.wait(Duration::ZERO), "it stays done");
    let outcome = lane.take().expect("it is done");
    assert_eq!((outcome.inputs, outcome.value), (6, Ok(7)));
}
