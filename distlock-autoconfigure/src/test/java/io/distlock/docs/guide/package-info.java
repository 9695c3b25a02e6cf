/** The application of docs/guide.md. */
package io.distlock.docs.guide;
