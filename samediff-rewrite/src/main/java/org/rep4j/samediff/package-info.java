/**
 * The SameDiff side: the adapter between SameDiff graphs and ConvGraph.
 *
 * <p>Up: {@code SameDiffView} sees which ops are alive, {@code ConstantArrays} which values are constant; three idioms
 * ({@code ImportedConvolutionIdiom}, {@code GroupedConvolutionIdiom}, {@code PaddedConvolutionIdiom}) read several ops as one
 * convolution; {@code OpReaders} knows who reads each other op. Down: {@code SameDiffLower} finds what changed,
 * {@code OpEmitter} and {@code ConvolutionEmitter} write new ops, {@code SameDiffSurgery} puts them in the place of the old ones.
 */
@NullMarked
package org.rep4j.samediff;

import org.jspecify.annotations.NullMarked;
