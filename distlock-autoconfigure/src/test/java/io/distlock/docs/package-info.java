/** Keeps README.md and docs/ true. */
package io.distlock.docs;
