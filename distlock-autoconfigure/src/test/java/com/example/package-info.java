/** The application of docs/guide.md, file by file as the page shows it. */
package com.example;
