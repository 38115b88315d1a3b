/** Who made a picture and who may use it; nothing else of its metadata. Absent: the source does not say. */
export interface Rights {
  readonly creators?: readonly string[];
  /** The copyright notice. */
  readonly notice?: string;
  readonly credit?: string;
  readonly usageTerms?: string;
  /** Address of the licence or the rights statement. */
  readonly webStatement?: string;
  readonly ownerName?: string;
  readonly licensorName?: string;
  /** Where a licence can be had. */
  readonly licensorUrl?: string;
  /** How the picture was made, of the IPTC's list; marketplaces ask for it where AI made it. */
  readonly sourceType?: string;
  /** Whether it may be used to train AI, of PLUS's list. */
  readonly dataMining?: string;
}
