/** How often something went wrong for the driver, by which a test shows that its fault took place. */
export interface Faults {
  /** Commands that a member refused because it was not the primary. */
  refused: number;
  /** Writes that were sent again and answered with the reply of the first time. */
  replayed: number;
  /** Writes that were made by a primary that stepped down before its answer. */
  interrupted: number;
  /** Writes that were made by a primary that crashed before its answer. */
  unanswered: number;
  /** Writes that were made and did not reach a majority in their time. */
  unreplicated: number;
  /** Reads that secondaries answered. */
  secondaryReads: number;
}
