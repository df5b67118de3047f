@NullMarked
package org.rep4j.zoo.weights;

import org.jspecify.annotations.NullMarked;
