package io.distlock.aspect;

/**
 * By what the locks of an annotated method are measured.
 *
 * @param locker name of the locker
 * @param name of the lock
 */
public record LockLabel(String locker, String name) {}
